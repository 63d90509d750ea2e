//! Traces as JSON.

use serde_json::{Value, json};

use crate::vocabulary::{record, sh};

#[test]
fn a_whole_tree_is_an_object() {
    let trace = record(sh("cat /etc/passwd > /dev/null; printf 'a\\377'; (exit 3) ; true"));
    trace.success();
    let json = serde_json::to_value(&trace).expect("it is serialised");
    assert_eq!(json["status"], json!({"exited": 0}));
    assert_eq!(json["stdout"], json!([97, 255]), "no UTF-8");
    assert_eq!(json["stderr"], "");
    let list = |name: &str| json[name].as_array().cloned().unwrap_or_default();
    assert_eq!(list("calls").len(), trace.calls().count());
    assert_eq!(list("processes").len(), trace.processes().count());
    let labels: Vec<Value> = list("processes").iter().map(|process| process["label"].clone()).collect();
    assert!(labels.contains(&json!("main.c1")), "{labels:?}");
    let statuses: Vec<Value> = list("processes").iter().map(|process| process["status"].clone()).collect();
    assert!(statuses.contains(&json!({"exited": 3})), "{statuses:?}");
    let ends = list("marks");
    assert!(ends.iter().any(|mark| mark["text"] == "+++ exited with 3 +++"), "{ends:?}");
    for (call, json) in trace.calls().zip(list("calls")) {
        assert_eq!(json["name"], call.name());
        assert_eq!(json["thread"], call.thread());
        assert_eq!(json["args"].as_object().map(|args| args.len()), Some(call.args().len()), "{call}");
    }
}

#[test]
fn a_view_has_its_own_calls() {
    let trace = record(sh("cat /etc/passwd > /dev/null; true"));
    let view = trace.after_startup();
    let json = serde_json::to_value(&view).expect("it is serialised");
    assert_eq!(json["calls"].as_array().map(Vec::len), Some(view.calls().count()));
    assert!(view.calls().count() < trace.calls().count());
}

#[test]
fn outcomes_are_told_apart() {
    let trace = record(sh("cat /no/such/file"));
    let json = serde_json::to_value(trace.calls().collect::<Vec<_>>()).expect("it is serialised");
    let calls = json.as_array().expect("calls");
    let of = |name: &str, path: &str| {
        let found =
            calls.iter().find(|call| call["name"] == name && call["args"]["path"]["path"]["written"] == path);
        found.map(|call| call["outcome"].clone())
    };
    assert_eq!(of("openat", "/no/such/file"), Some(json!({"failed": "ENOENT"})));
    let end = calls.iter().find(|call| call["name"] == "exit_group").expect("it ends");
    assert_eq!(end["outcome"], "unfinished");
}
