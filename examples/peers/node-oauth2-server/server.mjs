// @node-oauth/oauth2-server behind express: node server.mjs PORT CLIENTS
// Ours is the model: the plainest one in memory that its documentation describes, look-up of clients
// included. The library's are all the checks at the token endpoint.
import fs from 'node:fs';
import express from 'express';
import OAuth2Server from '@node-oauth/oauth2-server';

const { Request, Response } = OAuth2Server;
const [port, clientsFile] = process.argv.slice(2);
const methods = ['client_secret_basic', 'client_secret_post', 'none'];
const clients = new Map(JSON.parse(fs.readFileSync(clientsFile))
  .filter((client) => methods.includes(client.auth))
  .map((client) => [client.client_id, {
    id: client.client_id,
    secret: client.secret,
    redirectUris: client.redirect_uris,
    grants: client.grants,
  }]));
const alice = { id: 'alice' };
const scopes = ['read', 'write'];
const [codes, accessTokens, refreshTokens] = [new Map(), new Map(), new Map()];

const logIn = (username, password) => (username === 'alice' && password === 'alice-password' ? alice : false);

const model = {
  getClient: async (id, secret) => {
    const client = clients.get(id);
    if (!client || (secret != null && client.secret !== secret)) return false;
    return client;
  },
  getUser: async (username, password) => logIn(username, password),
  getUserFromClient: async (client) => ({ id: client.id }),
  validateScope: async (user, client, scope) => {
    if (!scope) return ['read'];
    return scope.every((word) => scopes.includes(word)) ? scope : false;
  },
  saveAuthorizationCode: async (code, client, user) => {
    const saved = { ...code, client, user };
    codes.set(code.authorizationCode, saved);
    return saved;
  },
  getAuthorizationCode: async (code) => codes.get(code),
  revokeAuthorizationCode: async (code) => codes.delete(code.authorizationCode),
  saveToken: async (token, client, user) => {
    const saved = { ...token, client, user };
    accessTokens.set(token.accessToken, saved);
    if (token.refreshToken) refreshTokens.set(token.refreshToken, saved);
    return saved;
  },
  getAccessToken: async (token) => accessTokens.get(token),
  getRefreshToken: async (token) => refreshTokens.get(token),
  revokeToken: async (token) => refreshTokens.delete(token.refreshToken),
};
const server = new OAuth2Server({ model });
const app = express();
app.use(express.urlencoded({ extended: false }));

const send = (res, response) => { res.set(response.headers).status(response.status || 500).send(response.body); };

app.get('/authorize', (req, res) => {
  res.send('<form method=post><input name=username><input type=password name=password><button>allow</button></form>');
});

app.post('/authorize', async (req, res) => {
  const request = new Request({ headers: req.headers, method: 'GET', query: req.query, body: {} });
  const response = new Response(res);
  const authenticateHandler = { handle: () => logIn(req.body.username, req.body.password) };
  try {
    await server.authorize(request, response, { authenticateHandler });
  } catch (error) {
    if (!response.headers.location) {
      res.status(error.code || 500).json({ error: error.name });
      return;
    }
  }
  send(res, response);
});

app.post('/token', async (req, res) => {
  const response = new Response(res);
  try {
    await server.token(new Request(req), response);
  } catch (error) {
    if (!response.body?.error) {
      res.status(error.code || 500).json({ error: error.name, error_description: error.message });
      return;
    }
  }
  send(res, response);
});

app.listen(Number(port), '127.0.0.1', (error) => {
  if (error) throw error;
  console.log('listening');
});
