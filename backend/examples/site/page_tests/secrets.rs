//! No page shows a credential.

use super::*;
use sori_backend::Secret;

/// NAVER's terms (7.2 (2)) protect the client id as well as the secret.
#[tokio::test]
async fn no_page_and_no_built_file_shows_a_credential() {
    let marks = [
        "id-that-nobody-may-see",
        "secret-that-nobody-may-see",
        "site-secret-that-nobody-may-see-0123456789",
        "802187349",
    ];
    let options = practice::Options {
        client_id: marks[0].into(),
        client_secret: marks[1].into(),
        answer: Digits::parse(marks[3]).ok(),
        ..Default::default()
    };
    let upstream = practice::spawn(options, (Ipv4Addr::LOCALHOST, 0).into())
        .await
        .unwrap();
    let naver = sori_backend::settings::Naver {
        service: sori_backend::upstream::Service::Openapi,
        url: format!("http://{}/v1/captcha", upstream.addr)
            .parse()
            .unwrap(),
        client_id: Secret::new(marks[0]),
        client_secret: Secret::new(marks[1]),
    };
    let demo = Demo::with(Settings {
        upstream: UpstreamChoice::Naver(naver),
        siteverify_secret: Some(Secret::new(marks[2])),
        ..Settings::practice()
    })
    .await;

    let mut shown = Vec::new();
    for path in all_pages() {
        shown.push((
            path.clone(),
            demo.get(&path).await.text().await.unwrap().into_bytes(),
        ));
    }
    for answer in [marks[3], "000000"] {
        let response = format!("{}:{answer}", demo.heard_key().await);
        let page = demo
            .send(&[("name", "보라"), ("captcha-response", &response)], None)
            .await;
        shown.push((
            "the verdict".into(),
            page.text().await.unwrap().into_bytes(),
        ));
    }
    let flags = Flags::parse_from(["site"]);
    for path in files(&flags.www).into_iter().chain(files(&flags.pkg)) {
        shown.push((path.display().to_string(), std::fs::read(&path).unwrap()));
    }
    assert!(shown.len() > 20, "{}", shown.len());
    for (what, bytes) in shown {
        for mark in marks {
            let found = bytes
                .windows(mark.len())
                .any(|part| part == mark.as_bytes());
            assert!(!found, "{what} shows {mark}");
        }
    }
}
