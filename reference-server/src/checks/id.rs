//! The names of the checks.

/// Declares the names of all checks once: the enumeration and the list of it.
macro_rules! check_ids {
    ($($(#[$doc:meta])+ $name:ident,)+) => {
        /// The name of a check, in the order in which they run.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum CheckId { $($(#[$doc])+ $name,)+ }

        impl CheckId {
            /// All of them, in order.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The name as written.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)+ }
            }
        }
    };
}

check_ids! {
    /// The path names an endpoint.
    EndpointKnown,
    /// The method is one that the endpoint serves (RFC 6749 §3.2: POST).
    MethodAllowed,
    /// The content arrived in time.
    ContentInTime,
    /// The client did not break off (RFC 9112 §8).
    ContentComplete,
    /// The content is not too large.
    ContentWithinLimit,
    /// A body is labelled as a form (RFC 6749 Appendix B).
    MediaTypeIsForm,
    /// Names and values could be decoded as they stood.
    FormWellFormed,
    /// There are not too many parameters.
    ParameterCountWithinLimit,
    /// No parameter that a specification defines is repeated (RFC 6749 §3.1, §3.2).
    ParametersNotRepeated,
    /// The client authenticates in one way only (RFC 6749 §2.3).
    OneAuthenticationMethod,
    /// The client is registered.
    ClientKnown,
    /// The client authenticates in the way that is registered for it.
    AuthenticationMethodRegistered,
    /// The client has not failed to authenticate too often (RFC 6749 §2.3.1).
    AttemptsWithinLimit,
    /// The Authorization header holds readable Basic credentials.
    AuthorizationWellFormed,
    /// The secret in the Authorization header is the client's.
    BasicSecretMatches,
    /// `client_assertion_type` is that of RFC 7523 §2.2.
    AssertionTypeKnown,
    /// There is a `client_assertion`, and it is a JWS of two JSON objects.
    AssertionWellFormed,
    /// The header has no `crit` and no `b64`: this server understands no extension (RFC 7515 §4.1.11).
    AssertionHeaderUnderstood,
    /// `alg` is the algorithm of a key of the client, and `kid`, if any, names that key.
    AssertionKeyKnown,
    /// The signature was made with that key.
    AssertionSignatureValid,
    /// `iss` is the client (RFC 7523 §3 item 1).
    AssertionIssuerIsClient,
    /// `sub` is the client (RFC 7523 §3 item 2).
    AssertionSubjectIsClient,
    /// `aud` has the issuer or a location of the token endpoint, as configured (RFC 7523 §3 item 3).
    AssertionAudienceIsServer,
    /// `exp` is there, and it, `nbf` and `iat` are numbers (RFC 7519 §2).
    AssertionDatesAreNumbers,
    /// It has not expired (RFC 7523 §3 item 4).
    AssertionNotExpired,
    /// It does not live too long: its `jti` has to be remembered so long.
    AssertionLifetimeWithinLimit,
    /// Its `nbf` has come (RFC 7523 §3 item 5).
    AssertionNotBeforeReached,
    /// Its `iat` does not lie ahead (RFC 7523 §3 item 6).
    AssertionIssuedInThePast,
    /// Its `iat` does not lie too far back (RFC 7523 §3 item 6).
    AssertionRecent,
    /// It has a `jti` (`OpenID` Connect Core §9).
    AssertionIdPresent,
    /// Its `jti` is new (RFC 7523 §3 item 7).
    AssertionNotReplayed,
    /// There is a `client_assertion`, and it is one SAML assertion and nothing else (RFC 7522 §2.2).
    ClientSamlReadable,
    /// Its `Issuer` is the one that the server trusts for this client (RFC 7522 §3 item 1).
    ClientSamlIssuerTrusted,
    /// That issuer signed it (RFC 7522 §3).
    ClientSamlSignatureValid,
    /// Its `NameID` is the client (RFC 7522 §3 item 3).
    ClientSamlSubjectIsClient,
    /// Every `AudienceRestriction`, of which there is one at least, names the server (RFC 7522 §3 item 2).
    ClientSamlAudienceIsServer,
    /// Its `Conditions` have not expired (RFC 7522 §3).
    ClientSamlNotExpired,
    /// Its time has come (SAML Core §2.5.1.2).
    ClientSamlNotBeforeReached,
    /// A `SubjectConfirmation` by bearer is for the token endpoint, now (RFC 7522 §3 items 4 and 5).
    ClientSamlSubjectConfirmed,
    /// Its `ID` is new (RFC 7522 §3).
    ClientSamlNotReplayed,
    /// The secret in the body is the client's.
    PostSecretMatches,
    /// The connection brought a client certificate (RFC 8705 §2).
    CertificatePresented,
    /// A trusted CA issued it, and it is good at this time (RFC 8705 §2.1).
    CertificateTrusted,
    /// It is the one that the client is registered with (RFC 8705 §2.1.2, §2.2).
    CertificateIsClients,
    /// `client_id` names the client that authenticated.
    ClientIdConsistent,
    /// There is a `grant_type`.
    GrantTypePresent,
    /// The server knows the grant type.
    GrantTypeKnown,
    /// The client may use the grant type.
    GrantTypeAllowed,
    /// There is a `code`.
    CodePresent,
    /// The code was issued.
    CodeKnown,
    /// The code was issued to this client (RFC 6749 §4.1.3).
    CodeBelongsToClient,
    /// The code is not used up (RFC 6749 §4.1.2).
    CodeNotRedeemed,
    /// The code has not expired.
    CodeNotExpired,
    /// `redirect_uri` is there if the authorization request had it (RFC 6749 §4.1.3).
    CodeRedirectUriPresent,
    /// `redirect_uri` is that of the authorization request (RFC 6749 §4.1.3).
    CodeRedirectUriIdentical,
    /// A code with a challenge comes with a verifier (RFC 7636 §4.5).
    VerifierPresent,
    /// A code without a challenge comes without a verifier (RFC 9700 §2.1.1).
    VerifierExpected,
    /// The verifier has 43 to 128 unreserved characters (RFC 7636 §4.1).
    VerifierWellFormed,
    /// The verifier belongs to the challenge (RFC 7636 §4.6).
    VerifierMatchesChallenge,
    /// The scope is within that of the code.
    ScopeWithinCode,
    /// The client is not one that tokens are pushed to (CIBA Core §11).
    BackchannelNotPushed,
    /// There is an `auth_req_id` (CIBA Core §10.1).
    AuthReqIdPresent,
    /// The `auth_req_id` was issued.
    AuthReqIdKnown,
    /// It was issued to this client (CIBA Core §10.1).
    AuthReqIdBelongsToClient,
    /// It is not used up (CIBA Core §10.1.1).
    AuthReqIdNotRedeemed,
    /// It has not expired (CIBA Core §11).
    AuthReqIdNotExpired,
    /// The resource owner has not refused (CIBA Core §11).
    BackchannelNotDenied,
    /// The client polls no more often than agreed (CIBA Core §11).
    BackchannelPolledInTime,
    /// The resource owner has decided (CIBA Core §11).
    BackchannelDecided,
    /// The scope is within that of the client.
    ScopeWithinClient,
    /// There is a `device_code` (RFC 8628 §3.4).
    DeviceCodePresent,
    /// The `device_code` was issued.
    DeviceCodeKnown,
    /// It was issued to this client (RFC 8628 §3.4).
    DeviceCodeBelongsToClient,
    /// It is not used up.
    DeviceCodeNotRedeemed,
    /// It has not expired (RFC 8628 §3.5).
    DeviceCodeNotExpired,
    /// The resource owner has not refused (RFC 8628 §3.5).
    DeviceNotDenied,
    /// The client polls no more often than agreed (RFC 8628 §3.5).
    DevicePolledInTime,
    /// The resource owner has decided (RFC 8628 §3.5).
    DeviceDecided,
    /// The scope is within that of the device authorization.
    ScopeWithinDevice,
    /// There is a `username` (RFC 6749 §4.3.2).
    UsernamePresent,
    /// There is a `password`, and it is not empty (RFC 6749 §4.3.2).
    PasswordPresent,
    /// There were not too many wrong passwords for the resource owner (RFC 6749 §4.3.2).
    GuessesWithinLimit,
    /// The password is that of the resource owner.
    PasswordMatches,
    /// The scope is within that of the client.
    ScopeWithinOwner,
    /// There is a `refresh_token`.
    RefreshTokenPresent,
    /// The refresh token was issued.
    RefreshTokenKnown,
    /// The refresh token was issued to this client (RFC 6749 §6).
    RefreshTokenBelongsToClient,
    /// The refresh token was not rotated away (RFC 6749 §10.4).
    RefreshTokenNotRotated,
    /// The grant of the refresh token was not revoked.
    RefreshTokenNotRevoked,
    /// The refresh token has not expired.
    RefreshTokenNotExpired,
    /// The refresh token of a public client comes with the certificate that it is bound to (RFC 8705 §4).
    RefreshTokenBoundToCertificate,
    /// The scope is within that of the grant (RFC 6749 §6).
    ScopeWithinGrant,
    /// There is an `assertion` (RFC 7523 §2.1).
    GrantAssertionPresent,
    /// Its header has no `crit` and no `b64`.
    GrantAssertionHeaderUnderstood,
    /// It is a JWS, and its `iss` is an issuer that the server trusts (RFC 7523 §3 item 1).
    GrantAssertionIssuerTrusted,
    /// `alg` is the algorithm of a key of that issuer, and `kid`, if any, names that key.
    GrantAssertionKeyKnown,
    /// The signature was made with that key (RFC 7523 §3 item 9).
    GrantAssertionSignatureValid,
    /// Its `sub` is somebody for whom the issuer may speak (RFC 7523 §3 item 2).
    GrantAssertionSubjectKnown,
    /// `aud` has the issuer or a location of the token endpoint (RFC 7523 §3 item 3).
    GrantAssertionAudienceIsServer,
    /// `exp` is there, and it, `nbf` and `iat` are numbers (RFC 7519 §2).
    GrantAssertionDatesAreNumbers,
    /// It has not expired (RFC 7523 §3 item 4).
    GrantAssertionNotExpired,
    /// It does not live too long: its `jti` has to be remembered so long.
    GrantAssertionLifetimeWithinLimit,
    /// Its `nbf` has come (RFC 7523 §3 item 5).
    GrantAssertionNotBeforeReached,
    /// Its `iat` does not lie ahead (RFC 7523 §3 item 6).
    GrantAssertionIssuedInThePast,
    /// Its `jti`, if any, is a text, and new (RFC 7523 §3 item 7).
    GrantAssertionNotReplayed,
    /// The scope is within that of the client.
    GrantAssertionScopeWithinClient,
    /// There is an `assertion` (RFC 7522 §2.1).
    SamlAssertionPresent,
    /// It is one SAML assertion and nothing else (RFC 7522 §2.1).
    SamlAssertionReadable,
    /// Its `Issuer` is one that the server trusts (RFC 7522 §3 item 1).
    SamlIssuerTrusted,
    /// The issuer signed it (RFC 7522 §3).
    SamlSignatureValid,
    /// Its `NameID` is somebody for whom the issuer may speak (RFC 7522 §3 item 3).
    SamlSubjectKnown,
    /// Every `AudienceRestriction`, of which there is one at least, names the server (RFC 7522 §3 item 2).
    SamlAudienceIsServer,
    /// Its `Conditions` have not expired (RFC 7522 §3).
    SamlNotExpired,
    /// Its time has come (SAML Core §2.5.1.2).
    SamlNotBeforeReached,
    /// A `SubjectConfirmation` by bearer is for this endpoint, now (RFC 7522 §3 items 4 and 5).
    SamlSubjectConfirmed,
    /// Its `ID` is new (RFC 7522 §3).
    SamlAssertionNotReplayed,
    /// The scope is within that of the client.
    SamlScopeWithinClient,
    /// There is a `subject_token` (RFC 8693 §2.1).
    SubjectTokenPresent,
    /// `actor_token` and `actor_token_type` come together.
    ActorTokenComplete,
    /// `subject_token_type` is one that the server takes, the subject token is of that type, and who
    /// made it can be told (RFC 8693 §2.1).
    SubjectTokenKnown,
    /// The subject token is good.
    SubjectTokenActive,
    /// The subject token was issued to this client.
    SubjectTokenBelongsToClient,
    /// So it is with the actor token.
    ActorTokenKnown,
    /// The actor token is good.
    ActorTokenActive,
    /// The actor token was issued to this client.
    ActorTokenBelongsToClient,
    /// The subject token lets this actor act, if it says who may (RFC 8693 §4.4).
    ActorPermitted,
    /// `requested_token_type` is one that the server issues.
    RequestedTokenTypeKnown,
    /// Every `resource` is an absolute URI without a fragment (RFC 8707 §2).
    ExchangeResourceWellFormed,
    /// Every `audience` and `resource` is one that tokens are exchanged for (RFC 8693 §2.2.2).
    ExchangeTargetKnown,
    /// The scope is within that of the client and of the subject token.
    ScopeWithinExchange,
    /// There is a `token` to be validated.
    ValidatedTokenPresent,
    /// It is an access token of this server.
    ValidatedTokenKnown,
    /// It is good.
    ValidatedTokenActive,
    /// It is one of the access token manager that the request leads to.
    ValidatedTokenOfManager,
    /// `access_token_manager_id`, `aud`, `resource` or a default lead to an instance.
    ManagerFound,
    /// All values of `resource` lead to the same instance.
    ManagerResourcesAgree,
    /// The client may use that instance for this grant.
    ManagerEligible,
    /// An authorization request names a registered client.
    AuthorizationClientKnown,
    /// Its `request_uri` was pushed by that client, is not used up and has not expired; what is pushed has none (RFC 9126 §2.1, §4).
    PushedRequestUsable,
    /// Its `redirect_uri` is registered, or left out where just one is (RFC 6749 §3.1.2).
    RedirectUriRegistered,
    /// It has a `response_type`.
    ResponseTypePresent,
    /// Its `response_type` is `code`.
    ResponseTypeKnown,
    /// The client may use the authorization code grant.
    ResponseTypeAllowed,
    /// Its scope is within that of the client.
    AuthorizationScopeWithinClient,
    /// It has a `code_challenge` if the client must use PKCE (RFC 7636 §4.4.1).
    ChallengePresent,
    /// A `code_challenge_method` comes with a `code_challenge`.
    ChallengeMethodNotAlone,
    /// The `code_challenge_method` is known (RFC 7636 §4.4.1).
    ChallengeMethodKnown,
    /// The client may use that method.
    ChallengeMethodAllowed,
    /// The challenge has 43 to 128 unreserved characters (RFC 7636 §4.2).
    ChallengeWellFormed,
    /// Its access token manager can be found, and the client may use it.
    AuthorizationManagerEligible,
    /// A client that begins a backchannel authentication authenticates (CIBA Core §7.1).
    BackchannelAuthenticated,
    /// The client may use the grant.
    BackchannelGrantAllowed,
    /// Its scope has `openid`, and nothing beyond that of the client (CIBA Core §7.1).
    BackchannelScopeFits,
    /// There is one hint at the resource owner (CIBA Core §7.1).
    BackchannelHintPresent,
    /// Somebody is meant by it (CIBA Core §13).
    BackchannelHintKnown,
    /// A `requested_expiry` is a positive number (CIBA Core §7.1).
    BackchannelExpiryPositive,
    /// A client that is notified sends a `client_notification_token` that is a bearer token (CIBA Core §7.1).
    BackchannelNotificationTokenFits,
    /// The resource owner decides about something that waits for it.
    DecisionAwaited,
    /// The client that begins a device authorization may use the grant.
    DeviceGrantAllowed,
    /// Its scope is within that of the client.
    DeviceScopeWithinClient,
    /// A client that introspects authenticates (RFC 7662 §2.1).
    IntrospectionAuthenticated,
    /// It sends a `token`.
    IntrospectionTokenPresent,
    /// A revocation request has a `token` (RFC 7009 §2.1).
    RevocationTokenPresent,
    /// The token to be revoked was issued to this client (RFC 7009 §2.1).
    RevocationTokenBelongsToClient,
    /// A protected resource is asked with a bearer token (RFC 6750 §2.1).
    BearerTokenPresent,
    /// The bearer token is good (RFC 6750 §3.1).
    BearerTokenActive,
    /// A token that is bound to a certificate comes with it (RFC 8705 §3).
    BearerTokenBoundToCertificate,
    /// A registration request is a JSON object (RFC 7591 §3.1).
    RegistrationIsJson,
    /// Its values are ones that this server serves (RFC 7591 §2).
    RegistrationValuesKnown,
    /// A client of `tls_client_auth` has exactly one subject (RFC 8705 §2.1.2).
    RegistrationSubjectSingle,
    /// Its redirection endpoints are absolute, and there if they are needed (RFC 7591 §2).
    RegistrationRedirectUrisValid,
    /// The registration of a client is asked about with its own token (RFC 7592 §2).
    RegistrationTokenMatches,
    /// Every `resource` is an absolute URI without a fragment (RFC 8707 §2).
    ResourceAbsolute,
    /// Every `resource` is one that tokens are issued for.
    ResourceKnown,
    /// The client may use every `resource`.
    ResourcePermitted,
    /// The authorization request named every `resource` (RFC 8707 §2.2).
    ResourceGranted,
    /// Something of the scope means something there (RFC 8707 §2.2).
    ResourceScopeLeft,
}

impl CheckId {
    /// Whether a client that fails this check has tried to authenticate in vain.
    #[must_use]
    pub fn is_of_authentication(self) -> bool {
        self > Self::AttemptsWithinLimit && !self.is_after_authentication()
    }

    /// Whether a client that fails this check has authenticated.
    #[must_use]
    pub fn is_after_authentication(self) -> bool {
        self > Self::CertificateIsClients
    }
}
