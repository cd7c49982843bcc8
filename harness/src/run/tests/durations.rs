//! Durations are compared only where every request brought what it should.

use std::sync::atomic::Ordering;

use super::scripted::{REFUSAL, TOKEN, is_probe, outcome, serve};
use crate::run::Halt;
use crate::suite::answer::Grade;

/// A request that is refused, beside one that is accepted, so many times.
fn case(rounds: u32) -> String {
    format!(
        "{{name: c, baseline: client_credentials, steps: [{{durations: {{rounds: {rounds}, \
         of: {{right: {{}}, wrong: {{change: {{set: {{probe: x}}}}, expect: {{refused: any}}}}}}, \
         expect: [{{between: [right, wrong], within: 1h, grade: info, because: not an hour}}, {{grade: warn}}]}}}}]}}"
    )
}

#[tokio::test]
async fn difference_is_told_with_its_interval() {
    let server = serve(|request| if is_probe(request) { REFUSAL } else { TOKEN }).await;
    let (grade, reason) = outcome(&case(31), &server).await.unwrap();
    assert_eq!(grade, Grade::Info);
    assert!(reason.contains("`right` took"), "{reason}");
    assert!(reason.ends_with("(31 rounds): not an hour"), "{reason}");
    // Two requests a round, and one round that does not count.
    assert_eq!(server.requests.load(Ordering::SeqCst), 64);
}

#[tokio::test]
async fn what_is_accepted_and_must_not_be_is_inconclusive() {
    let server = serve(|_| TOKEN).await;
    let halt = outcome(&case(31), &server).await.unwrap_err();
    assert!(
        matches!(&halt, Halt::Inconclusive(why) if why.starts_with("`wrong` brought")),
        "{halt:?}"
    );
}

#[tokio::test]
async fn few_rounds_say_nothing() {
    let server = serve(|request| if is_probe(request) { REFUSAL } else { TOKEN }).await;
    let halt = outcome(&case(30), &server).await.unwrap_err();
    assert!(
        matches!(&halt, Halt::Inconclusive(why) if why.contains("too few")),
        "{halt:?}"
    );
}
