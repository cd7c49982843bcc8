//! The words of the contract, each mirrored from the enum of the model.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{conclusion, variant, verdict};

/// A serialisable enum with the variants of one of the model's, and both ways between them; a
/// variant that is missing in either does not compile.
macro_rules! mirror {
    ($(#[$doc:meta])* $name:ident of $model:path { $($variant:ident),+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
        #[serde(rename_all = "snake_case")]
        pub(super) enum $name { $($variant),+ }

        impl From<$model> for $name {
            fn from(model: $model) -> Self {
                use $model as Model;
                match model { $(Model::$variant => Self::$variant),+ }
            }
        }

        impl From<$name> for $model {
            fn from(word: $name) -> Self {
                match word { $($name::$variant => Self::$variant),+ }
            }
        }
    };
}

mirror! {
    /// What came of a variant, or of a rule: the worst of its variants.
    Verdict of verdict::Verdict { Pass, Fail, Warn, Info, Skipped, Inconclusive, Error }
}

mirror! {
    /// How much a rule demands under the chosen profiles.
    Level of verdict::Level { Must, Should, May, Vendor }
}

mirror! {
    /// What became of the probe.
    Outcome of variant::Outcome { Accepted, Refused, Redirected, Closed, Tls, Timeout }
}

mirror! {
    /// Why an exchange took place.
    Role of variant::Role { Setup, Control, Probe, After }
}

mirror! {
    /// What makes a run exit with 1.
    FailOn of conclusion::FailOn { Must, Should, Never }
}
