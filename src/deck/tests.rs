use super::*;

#[test]
fn embedded_decks_parse() {
    let library = Library::new(&[]);
    let errors: Vec<String> = library.errors.iter().map(ToString::to_string).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}
