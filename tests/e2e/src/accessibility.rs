//! axe-core in the page: every rule, in every frame and shadow root.

use std::fmt;
use std::fs;

use serde_json::{Value, json};

use crate::page::Page;
use crate::site::root;

/// A rule of axe-core that some element breaks.
#[derive(Debug)]
pub struct Violation {
    pub rule: String,
    pub help: String,
    pub targets: Vec<String>,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {} at {}",
            self.rule,
            self.help,
            self.targets.join(", ")
        )
    }
}

impl Page {
    /// Fails unless axe-core finds nothing below the selector; no rule is switched off.
    pub async fn assert_accessible(&self, selector: &str, state: &str) {
        let found = self.violations(selector).await;
        let list: Vec<_> = found.iter().map(ToString::to_string).collect();
        assert!(list.is_empty(), "axe-core, {state}:\n{}", list.join("\n"));
    }

    pub async fn violations(&self, selector: &str) -> Vec<Violation> {
        if self.script("return typeof axe === 'undefined'").await == Value::Bool(true) {
            let path = root().join("node_modules/axe-core/axe.min.js");
            let axe = fs::read_to_string(&path)
                .unwrap_or_else(|_| panic!("axe-core is missing: run cargo xtask setup"));
            self.script(&axe).await;
        }
        let result = self
            .promise(
                "const { violations, passes } = await axe.run(args[0]); return { violations, passes: passes.length };",
                vec![json!(selector)],
            )
            .await;
        // An empty context would pass every rule.
        assert!(
            result["passes"].as_u64() > Some(0),
            "axe-core found nothing to check at {selector}"
        );
        result["violations"]
            .as_array()
            .into_iter()
            .flatten()
            .map(violation)
            .collect()
    }
}

fn violation(found: &Value) -> Violation {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Violation {
        rule: text(&found["id"]),
        help: text(&found["help"]),
        targets: found["nodes"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|node| node["target"].to_string())
            .collect(),
    }
}
