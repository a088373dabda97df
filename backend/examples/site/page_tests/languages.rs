//! Checks that the pages in both languages say the same, in the words of the glossary.

use super::*;

/// `docs/glossary.md` chooses one word for each thing. The list here has other words for the same things, and words
/// that no editor would accept.
#[tokio::test]
async fn korean_pages_use_the_words_of_the_glossary() {
    let demo = Demo::start().await;
    for path in all_pages().iter().filter(|path| !path.contains('?')) {
        let page = demo.get(path).await.text().await.unwrap();
        // Exceptions: NAVER's name for its API, and a link's name in another language.
        let page = page.replace("캡차 (음성)", "").replace("캡차(음성)", "");
        for word in [
            "캡차",
            "까닭",
            "비밀 값",
            "글줄",
            "위협 모형",
            "그 자리 확인",
            "일시 정지",
            "화면낭독기",
        ] {
            assert!(!page.contains(word), "{path} says {word}");
        }
    }
}

#[tokio::test]
async fn both_languages_say_the_same_things_in_the_same_order() {
    let demo = Demo::start().await;
    for path in all_pages().iter().filter(|path| !path.contains('?')) {
        let korean = demo.get(path).await.text().await.unwrap();
        let english = demo
            .get(&format!("{path}?lang=en"))
            .await
            .text()
            .await
            .unwrap();
        assert_eq!(ids(&korean), ids(&english), "{path}");
        for tag in ["<h2", "<h3", "<pre", "<tr", "<li", "<dt"] {
            assert_eq!(
                korean.matches(tag).count(),
                english.matches(tag).count(),
                "{path} {tag}"
            );
        }
    }
}

/// An example has the same markup in both languages; only its words differ.
#[test]
fn examples_differ_in_their_words_alone() {
    let www = Flags::parse_from(["site"]).www;
    let mut seen = 0;
    for path in files(&www.join("examples"))
        .into_iter()
        .chain(files(&www.join("snippets")))
    {
        let name = path.to_string_lossy().into_owned();
        let Some((stem, kind)) = name.split_once(".ko.") else {
            continue;
        };
        let other = format!("{stem}.en.{kind}");
        let korean = std::fs::read_to_string(&path).unwrap();
        let english =
            std::fs::read_to_string(&other).unwrap_or_else(|_| panic!("{other} is missing"));
        assert_eq!(bones(&korean), bones(&english), "{name}");
        assert!(english.is_ascii() || english.contains('…'), "{other}");
        seen += 1;
    }
    assert!(seen > 5);
}

/// The markup and punctuation of a text, without the words of a language.
fn bones(text: &str) -> String {
    let text = text.replace("?lang=en", "");
    let is_bone = |c: &char| matches!(c, '<' | '>' | '=' | '"' | '{' | '}' | '(' | '/' | '\n');
    text.chars().filter(is_bone).collect()
}
