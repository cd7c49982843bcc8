//! Expectations: what they ask must be askable, and they must ask something.

use super::Lint;
use crate::judge::{anchored, every_character_in};
use crate::suite::answer::{Accepted, Answer, BodyCondition, Condition, Grade, ScopeCondition};
use crate::suite::text::{Several, Text};

/// Error codes of RFC 6749 §5.2 and of the documents that extend it: what a misspelt one is near to.
const ERROR_CODES: &[&str] = &[
    "access_denied",
    "account_selection_required",
    "authorization_pending",
    "consent_required",
    "expired_login_hint_token",
    "expired_token",
    "insufficient_scope",
    "insufficient_user_authentication",
    "interaction_required",
    "invalid_authorization_details",
    "invalid_binding_message",
    "invalid_client",
    "invalid_client_metadata",
    "invalid_dpop_proof",
    "invalid_grant",
    "invalid_redirect_uri",
    "invalid_request",
    "invalid_request_object",
    "invalid_request_uri",
    "invalid_scope",
    "invalid_target",
    "invalid_token",
    "invalid_user_code",
    "login_required",
    "missing_user_code",
    "server_error",
    "slow_down",
    "temporarily_unavailable",
    "transaction_failed",
    "unauthorized_client",
    "unknown_user_id",
    "unsupported_grant_type",
    "unsupported_response_type",
    "unsupported_token_type",
    "use_dpop_nonce",
];

impl Lint<'_> {
    pub(super) fn answers(&mut self, answers: &[Answer]) {
        for answer in answers {
            self.answer(answer);
        }
    }

    fn answer(&mut self, answer: &Answer) {
        self.capabilities(&answer.when);
        self.switch(answer.end.as_ref());
        if let Some(name) = &answer.like {
            self.name(name, name.as_str());
        }
        if let Some(name) = &answer.agrees {
            self.name(name, name.as_str());
        }
        self.error_codes(answer.refused.as_ref());
        self.error_codes(answer.error.as_ref());
        self.statuses(answer.status.as_ref());
        if let Some(accepted) = &answer.accepted {
            self.accepted(accepted);
        }
        for condition in answer.header.values().chain(answer.json.values()) {
            self.condition(condition);
        }
        if let Some(body) = &answer.body {
            self.body(body);
        }
        self.framing(answer.framing.as_ref());
        if let Some(then) = &answer.then {
            for switch in [&then.fewer, &then.ended, &then.announced, &then.heard] {
                self.switch(switch.as_ref());
            }
            self.answers(then.answers.as_deref().unwrap_or_default());
        }
        if answer.grade == Grade::Pass && asks_nothing(answer) {
            let message = "an answer that passes asks nothing, so that a crash would pass too";
            self.problem_of_case(message, "say what conforms");
        }
    }

    /// A code that is nearly, but not quite, a registered one.
    fn error_codes(&mut self, codes: Option<&Several<Text>>) {
        for code in codes.iter().flat_map(|codes| codes.iter()) {
            let known = matches!(code.as_str(), "any" | "bare");
            if known || ERROR_CODES.contains(&code.as_str()) || code.value.contains('$') {
                continue;
            }
            let near = crate::diagnostic::nearest(code.as_str(), ERROR_CODES.iter().copied());
            if let Some(near) = near {
                let message = format!("`{code}` is no registered error code");
                self.problem(code, message, format!("did you mean `{near}`?"));
            }
        }
    }

    fn statuses(&mut self, codes: Option<&Several<Text>>) {
        for code in codes.iter().flat_map(|codes| codes.iter()) {
            let fits = match code.as_str().strip_suffix("xx") {
                Some(class) => matches!(class, "1" | "2" | "3" | "4" | "5"),
                None => code
                    .as_str()
                    .parse()
                    .is_ok_and(|code: u16| (100..600).contains(&code)),
            };
            if !fits {
                self.problem(code, format!("`{code}` is no status"), "write 405 or 4xx");
            }
        }
    }

    fn framing(&mut self, ways: Option<&Several<Text>>) {
        for way in ways.iter().flat_map(|ways| ways.iter()) {
            if !matches!(
                way.as_str(),
                "chunked" | "close" | "length" | "none" | "stream"
            ) {
                let advice = "there are: length, chunked, close, none, stream";
                self.problem(way, format!("nothing is framed by `{way}`"), advice);
            }
        }
    }

    fn accepted(&mut self, accepted: &Accepted) {
        self.statuses(accepted.status.as_ref());
        self.templates(&[&accepted.issued_by, &accepted.of_client]);
        for scope in [&accepted.scope, &accepted.real_scope] {
            self.scope_condition(scope.as_ref());
        }
        for condition in accepted.claims.values() {
            self.condition(condition);
        }
    }

    pub(super) fn scope_condition(&mut self, scope: Option<&ScopeCondition>) {
        let Some(scope) = scope else { return };
        let operands = [&scope.equals, &scope.within, &scope.contains, &scope.lacks];
        if operands.iter().all(|operand| operand.is_none()) {
            let message = "a condition on the scope asks nothing";
            self.problem_of_case(message, "give it equals, within, contains or lacks");
        }
        self.templates(&operands);
    }

    pub(super) fn condition(&mut self, condition: &Condition) {
        let operands = [
            &condition.equals,
            &condition.differs,
            &condition.contains,
            &condition.lacks,
            &condition.token,
            &condition.challenge,
            &condition.at_least,
            &condition.at_most,
        ];
        let patterns = [
            &condition.matches,
            &condition.not_matches,
            &condition.charset,
        ];
        let presence = [&condition.absent, &condition.present];
        if let Some(each) = &condition.each {
            self.condition(each);
        }
        for member in condition.members.values() {
            self.condition(member);
        }
        self.switch(condition.optional.as_ref());
        self.switch(condition.public_jwk.as_ref());
        self.templates(&[&condition.count]);
        let asks = operands
            .iter()
            .chain(&patterns)
            .chain(&presence)
            .any(|operand| operand.is_some())
            || condition.one_of.is_some()
            || condition.each.is_some()
            || !condition.members.is_empty()
            || condition.count.is_some()
            || condition.distinct.is_some()
            || condition.public_jwk.is_some()
            || condition.challenges.is_some()
            || condition.lines.is_some()
            || condition.json_type.is_some();
        if !asks {
            self.problem_of_case(
                "a condition asks nothing",
                "`present: true` asks that it be there",
            );
        }
        self.templates(&operands);
        for text in condition.one_of.iter().flatten() {
            self.template(text);
        }
        self.pattern(condition.matches.as_ref());
        self.pattern(condition.not_matches.as_ref());
        self.charset(condition.charset.as_ref());
        self.switch(condition.challenges.as_ref());
        self.digits(condition.lines.as_ref());
        for text in presence.into_iter().flatten() {
            if text.as_str() != "true" {
                let advice = "write `absent: true` or `present: true`";
                self.problem(text, format!("`{text}` means nothing here"), advice);
            }
        }
    }

    fn digits(&mut self, text: Option<&Text>) {
        if let Some(text) = text
            && text.as_str().parse::<usize>().is_err()
        {
            self.problem(text, format!("`{text}` is no number"), "write digits");
        }
    }

    fn body(&mut self, body: &BodyCondition) {
        self.templates(&[&body.lacks, &body.contains, &body.at_most]);
        for switch in [&body.json_object, &body.unique_members, &body.utf8] {
            self.switch(switch.as_ref());
        }
    }

    pub(super) fn pattern(&mut self, pattern: Option<&Text>) {
        let Some(pattern) = pattern else { return };
        self.template(pattern);
        // A `$` may be a template's: what comes of it shows when it is rendered.
        if !pattern.value.contains('$') && anchored(pattern.as_str()).is_err() {
            let message = format!("`{pattern}` is no regular expression");
            self.problem(
                pattern,
                message,
                "docs/writing-suites.md says which there are",
            );
        }
    }

    pub(super) fn charset(&mut self, class: Option<&Text>) {
        let Some(class) = class else { return };
        self.template(class);
        if !class.value.contains('$') && every_character_in(class.as_str()).is_err() {
            let message = format!("`{class}` is no class of characters");
            self.problem(
                class,
                message,
                "write a class with its brackets, such as `[0-9a-f]`",
            );
        }
    }
}

/// Whether every HTTP answer matches.
fn asks_nothing(answer: &Answer) -> bool {
    answer.refused.is_none()
        && answer.accepted.is_none()
        && answer.status.is_none()
        && answer.error.is_none()
        && answer.like.is_none()
        && answer.agrees.is_none()
        && answer.header.is_empty()
        && answer.json.is_empty()
        && answer.body.is_none()
        && answer.framing.is_none()
        && answer.silence.is_empty()
}
