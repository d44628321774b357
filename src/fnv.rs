//! FNV-1a with 64 bits, <http://www.isthe.com/chongo/tech/comp/fnv/>: a hash that is the same with each compiler and on
//! each platform, as what is stored needs it. The build script reads this file too.

/// The hash of what was added.
pub struct Fnv(u64);

impl Fnv {
    /// The hash of nothing.
    pub const fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    /// Adds bytes, and how many they are.
    pub fn add(&mut self, bytes: &[u8]) {
        for byte in bytes.iter().chain(&(bytes.len() as u64).to_le_bytes()) {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    /// The hash.
    pub const fn value(&self) -> u64 {
        self.0
    }
}
