//! The few protobuf messages that Anki's files have: fields by their numbers, nothing else.

/// A field of a message.
pub(super) enum Field<'a> {
    /// A number.
    Number(u64),
    /// A text, bytes, or another message.
    Bytes(&'a [u8]),
}

/// The fields of a message, in order; it ends at the first that cannot be read, as none.
pub(super) fn fields(mut bytes: &[u8]) -> Option<Vec<(u64, Field<'_>)>> {
    let mut fields = Vec::new();
    while !bytes.is_empty() {
        let key = varint(&mut bytes)?;
        let field = match key & 7 {
            0 => Field::Number(varint(&mut bytes)?),
            1 => Field::Bytes(take(&mut bytes, 8)?),
            2 => {
                let length = usize::try_from(varint(&mut bytes)?).ok()?;
                Field::Bytes(take(&mut bytes, length)?)
            }
            5 => Field::Bytes(take(&mut bytes, 4)?),
            _ => return None,
        };
        fields.push((key >> 3, field));
    }
    Some(fields)
}

/// The first number of that field, 0 where there is none.
pub(super) fn number(bytes: &[u8], wanted: u64) -> Option<u64> {
    let number = fields(bytes)?.into_iter().find_map(|(field, value)| match value {
        Field::Number(number) if field == wanted => Some(number),
        _ => None,
    });
    Some(number.unwrap_or(0))
}

/// The first text of that field, empty where there is none.
pub(super) fn text(bytes: &[u8], wanted: u64) -> Option<String> {
    let text = fields(bytes)?.into_iter().find_map(|(field, value)| match value {
        Field::Bytes(text) if field == wanted => Some(text),
        _ => None,
    });
    String::from_utf8(text.unwrap_or_default().to_vec()).ok()
}

fn take<'a>(bytes: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(taken)
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0u64;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_by_their_numbers() {
        let message = [0x08, 0x96, 0x01, 0x12, 0x02, b'h', b'i', 0x1d, 1, 2, 3, 4];
        assert_eq!(number(&message, 1), Some(150));
        assert_eq!(text(&message, 2).as_deref(), Some("hi"));
        assert_eq!((number(&message, 9), text(&message, 9).as_deref()), (Some(0), Some("")));
        for cut in [1, 2, 4, 5, 8] {
            assert!(fields(&message[..cut]).is_none(), "{cut}");
        }
        assert!(fields(&[0xff; 20]).is_none());
        assert!(fields(&[0x12, 0xff, 0xff, 0xff, 0xff, 0x0f]).is_none(), "longer than there is");
    }
}
