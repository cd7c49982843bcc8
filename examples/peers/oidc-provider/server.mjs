// oidc-provider with its own defaults: clients are registered, features switched on, nothing replaced.
// It runs in run/, beside a link to the installed packages: node server.mjs PORT CLIENTS
import crypto from 'node:crypto';
import fs from 'node:fs';
import Provider, { errors } from 'oidc-provider';

const [port, clientsFile] = process.argv.slice(2);

const makers = {
  RS256: () => crypto.generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: () => crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' }),
};

// The private key of a file, made on the first start.
function privateKey(file, alg) {
  if (!fs.existsSync(file)) {
    const pem = makers[alg]().privateKey.export({ type: 'pkcs8', format: 'pem' });
    fs.writeFileSync(file, pem, { mode: 0o600 });
  }
  return crypto.createPrivateKey(fs.readFileSync(file));
}

function publicJwk({ client_id: id, alg, kid }) {
  const key = crypto.createPublicKey(privateKey(`${id}.pem`, alg));
  return { ...key.export({ format: 'jwk' }), kid, alg, use: 'sig' };
}

const clients = JSON.parse(fs.readFileSync(clientsFile)).map((client) => ({
  client_id: client.client_id,
  client_secret: client.secret,
  token_endpoint_auth_method: client.auth,
  token_endpoint_auth_signing_alg: client.alg,
  jwks: client.auth === 'private_key_jwt' ? { keys: [publicJwk(client)] } : undefined,
  grant_types: client.grants.filter((grant) => grant !== 'password'), // oidc-provider has no such grant
  redirect_uris: client.redirect_uris,
  response_types: ['code'],
}));

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients,
  scopes: ['openid', 'offline_access', 'read', 'write'],
  jwks: {
    keys: Object.keys(makers).map((alg) => ({
      ...privateKey(`server-${alg}.pem`, alg).export({ format: 'jwk' }), kid: alg, alg, use: 'sig',
    })),
  },
  cookies: { keys: ['loopback only'] },
  clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt', 'none'],
  enabledJWA: { clientAuthSigningAlgValues: ['HS256', 'RS256', 'ES256', 'PS256', 'EdDSA'] },
  features: {
    devInteractions: { enabled: true },
    clientCredentials: { enabled: true },
    deviceFlow: { enabled: true },
    introspection: { enabled: true },
    revocation: { enabled: true },
    dPoP: { enabled: true },
    pushedAuthorizationRequests: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (ctx, resource) => {
        if (!['https://api.example/', 'https://api2.example/'].includes(resource)) throw new errors.InvalidTarget();
        return { scope: 'read write', accessTokenFormat: 'opaque' };
      },
    },
  },
});
provider.listen(Number(port), '127.0.0.1', () => console.log('listening'));
