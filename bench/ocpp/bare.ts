/** The limit: a server that reads a frame and answers it, and does nothing else. Prints its port. */
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => 'ocpp1.6', perMessageDeflate: false });
server.on('connection', (socket) => {
  socket.on('message', (data) => {
    const [, id] = JSON.parse((data as Buffer).toString()) as [number, string];
    socket.send(JSON.stringify([3, id, {}]));
  });
});
server.on('listening', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
