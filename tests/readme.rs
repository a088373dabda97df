//! The two READMEs say the same things in the same order.
#![cfg(not(target_arch = "wasm32"))]

use std::path::Path;

const ENGLISH: &str = include_str!("../README.md");
const KOREAN: &str = include_str!("../README.ko.md");

/// What a translation must not change: the level of each heading, the place of each list item and paragraph, the
/// number of cells in each table row, the lines of each code block.
fn shape(text: &str) -> Vec<String> {
    let mut shape = Vec::new();
    let mut fenced = false;
    for line in text.lines() {
        if line.starts_with("```") {
            fenced = !fenced;
            shape.push(line.to_owned());
        } else if fenced {
            shape.push(code(line));
        } else if let Some(level) = line.split_once(' ').map(|(mark, _)| mark)
            && level.bytes().all(|b| b == b'#')
            && !level.is_empty()
        {
            shape.push(level.to_owned());
        } else if line.starts_with('|') {
            shape.push(format!("row of {}", line.matches('|').count()));
        } else if line.starts_with("- ") || line.starts_with("1. ") {
            shape.push(line[..2].to_owned());
        } else if line.starts_with("    ") {
            shape.push(code(line));
        } else if line.is_empty() {
            shape.push(String::new());
        }
    }
    shape
}

/// A line of code without words of a language: from markup only the tags, otherwise only words that look like code.
fn code(line: &str) -> String {
    let line = line.split("<!--").next().unwrap_or_default();
    if line.contains('<') {
        let tags = line.split('<').skip(1);
        return tags.filter_map(|tag| tag.split('>').next()).collect();
    }
    let words = line.split_ascii_whitespace();
    let code = words.filter(|word| word.is_ascii() && word.contains(['=', '/', '-', '_']));
    code.collect::<Vec<_>>().join(" ")
}

/// The URLs that a text links to, without those that differ: the READMEs link to each other, to headings in their own
/// language, and to pictures in it.
fn links(text: &str) -> Vec<String> {
    let links = text.split("](").skip(1);
    let links = links.filter_map(|rest| rest.split(')').next());
    links
        .filter(|link| !link.starts_with("README") && !link.starts_with('#'))
        .map(|link| link.replace(".ko.png", ".png"))
        .collect()
}

/// The names in backticks: attributes, events, settings, commands.
fn names(text: &str) -> Vec<&str> {
    let prose = text.split("```").step_by(2);
    let mut names: Vec<_> = prose
        .flat_map(|prose| prose.split('`').skip(1).step_by(2))
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

#[test]
fn both_readmes_have_the_same_shape() {
    let (english, korean) = (shape(ENGLISH), shape(KOREAN));
    for (at, (english, korean)) in english.iter().zip(&korean).enumerate() {
        assert_eq!(english, korean, "the {at}th piece differs");
    }
    assert_eq!(english.len(), korean.len());
    assert!(english.len() > 60);
}

/// The indented blocks, without the diagram.
fn commands(text: &str) -> Vec<String> {
    let mut blocks = vec![String::new()];
    let prose: String = text.split("```").step_by(2).collect();
    for line in prose.lines() {
        match line.strip_prefix("    ").filter(|line| line.is_ascii()) {
            Some(line) => *blocks.last_mut().expect("a block") += &format!("{line}\n"),
            None => blocks.push(String::new()),
        }
    }
    blocks.retain(|block| !block.is_empty() && !block.contains("──"));
    blocks
}

/// Each block is something that a test runs: a snippet of the documentation (`backend/tests/commands.rs`), a command
/// of xtask, or the build at the root.
#[test]
fn both_readmes_show_commands_that_tests_run() {
    for text in [ENGLISH, KOREAN] {
        assert_eq!(
            commands(text),
            [
                "cargo xtask serve\n",
                "cargo xtask test\n",
                include_str!("../www/snippets/try.sh"),
                "wasm-pack build --target web\n",
                include_str!("../www/snippets/production.sh"),
            ]
        );
    }
}

/// A missing picture would be the first thing that a reader sees.
#[test]
fn the_pictures_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for text in [ENGLISH, KOREAN] {
        let pictures: Vec<_> = text
            .split("](docs/")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
            .filter(|name| name.ends_with(".png"))
            .collect();
        assert_eq!(pictures.len(), 2);
        for name in pictures {
            assert!(root.join("docs").join(name).is_file(), "docs/{name}");
        }
    }
}

#[test]
fn both_readmes_link_to_the_same_places() {
    assert_eq!(links(ENGLISH), links(KOREAN));
    assert!(links(ENGLISH).len() > 5);
}

#[test]
fn both_readmes_name_the_same_things() {
    assert_eq!(names(ENGLISH), names(KOREAN));
    assert!(names(ENGLISH).len() > 40);
}
