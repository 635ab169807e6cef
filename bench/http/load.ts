/** In a process of its own: clients that send requests to the server, each over a connection that it keeps, the next as soon as the last is answered. */
import { Client } from 'undici';
import { serveJobs } from './worker.ts';

export interface LoadJob {
  url: string;
  key?: string;
  path: string;
  bodies: string[];
  clients: number;
}

const connections: Client[] = [];
let connectedTo = '';

serveJobs(async ({ url, key, path, bodies, clients }: LoadJob) => {
  if (connectedTo !== url) connections.splice(0).forEach((connection) => void connection.close());
  connectedTo = url;
  while (connections.length < clients) connections.push(new Client(url));
  const headers = { 'content-type': 'application/json', ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) };
  return {
    clients,
    items: bodies,
    one: async (body, client) => {
      const { statusCode, body: answer } = await connections[client]!.request({ method: 'POST', path, headers, body });
      await answer.arrayBuffer();
      return String(statusCode);
    },
  };
});
