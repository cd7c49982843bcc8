use std::panic::AssertUnwindSafe;

use tokenspec_reference_server::defects;

use super::*;

const WHOLE: &str = "authorize basic\nredeem 0 basic\nintrospect 0\nrefresh 0 basic\nrefresh 1 basic scope=read\nissue machine\n";

fn walked(text: &str) -> Tally {
    check(&steps(text.as_bytes()), reference())
}

#[test]
fn good_requests_are_granted() {
    let tally = walked(WHOLE);
    assert_eq!((tally.requests, tally.granted), (6, 6));
    let tally = walked(
        "authorize public\nredeem 0 public\nauthorize web redirect=none\nredeem 1 web redirect=none\n",
    );
    assert_eq!((tally.requests, tally.granted), (4, 4));
}

#[test]
fn what_must_be_refused_is() {
    let faults = [
        "redeem 0 basic auth=wrong",
        "redeem 0 basic auth=retired",
        "redeem 0 basic auth=none",
        "redeem 0 basic auth=named",
        "redeem 0 basic auth=both",
        "redeem 0 post",
        "redeem 0 basic redirect=none",
        "redeem 0 basic proof=none",
        "redeem 0 basic proof=wrong",
        "redeem 0 basic proof=plain",
        "redeem 0 basic scope=admin",
        "elapse 60\nredeem 0 basic",
        "redeem 0 basic\nredeem 0 basic",
        "redeem 0 basic\nrefresh 0 basic\nrefresh 0 basic\nrefresh 1 basic",
        "redeem 0 basic\nrefresh 0 post",
        "redeem 0 basic\nrevoke 0 basic\nrefresh 0 basic\nintrospect 0",
    ];
    for fault in faults {
        let tally = walked(&format!("authorize basic\n{fault}\n"));
        assert!(tally.refused > 0, "{fault}");
    }
}

#[test]
fn text_of_a_sequence_is_read_as_it_was_written() {
    let from_octets = steps(&std::array::from_fn::<u8, 200, _>(|at| {
        u8::try_from(at * 7 % 251).unwrap()
    }));
    assert!(from_octets.len() > 20);
    assert_eq!(steps(step::text(&from_octets).as_bytes()), from_octets);
    assert_eq!(step::text(&steps(WHOLE.as_bytes())), WHOLE);
}

/// Seeded defects of the reference server that a short sequence shows.
#[test]
fn seeded_defects_are_found() {
    for (id, sequence) in [
        ("code-reuse-accepted", "redeem 0 basic\nredeem 0 basic\n"),
        (
            "code-reuse-only-denied",
            "redeem 0 basic\nredeem 0 basic\nintrospect 0\n",
        ),
        ("pkce-both-methods-tried", "redeem 0 basic proof=plain\n"),
        ("basic-secret-ignored", "redeem 0 basic auth=wrong\n"),
        ("retired-secret-still-holds", "issue basic auth=retired\n"),
        (
            "rotation-loses-scope",
            "redeem 0 basic\nrefresh 0 basic\nrefresh 1 basic\n",
        ),
    ] {
        let defect = defects::find(id).unwrap();
        let server = with(Seams::of(defect.seams));
        let steps = steps(format!("authorize basic\n{sequence}").as_bytes());
        let found = std::panic::catch_unwind(AssertUnwindSafe(|| check(&steps, &server)));
        assert!(found.is_err(), "{id} is not found");
    }
}
