use super::args::Args;
use super::settings::Color;
use clap::CommandFactory;

#[test]
fn the_command_line_is_consistent() {
    Args::command().debug_assert();
}

#[test]
fn no_color_is_minded_unless_the_command_line_says_otherwise() {
    let cases = [
        (Color::Auto, true, &[][..], true),
        (Color::Auto, false, &[], false),
        (Color::Auto, true, &[("NO_COLOR", "1")], false),
        (Color::Auto, true, &[("NO_COLOR", "")], true),
        (Color::Auto, true, &[("TERM", "dumb")], false),
        (Color::Always, false, &[("NO_COLOR", "1")], true),
        (Color::Never, true, &[], false),
    ];
    for (color, is_terminal, variables, on) in cases {
        let variable = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into());
        assert_eq!(color.is_on(is_terminal, variable), on, "{color:?}, {is_terminal}, {variables:?}");
    }
}
