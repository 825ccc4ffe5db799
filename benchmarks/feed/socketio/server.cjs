// socket.io as its own documents put it on several servers: with the Redis adapter.
const { createServer } = require("node:http");
const { Server } = require("socket.io");
const { createAdapter } = require("@socket.io/redis-adapter");
const { createClient } = require("redis");

async function main() {
  const pub = createClient({ url: process.env.REDIS_URL });
  const sub = pub.duplicate();
  await Promise.all([pub.connect(), sub.connect()]);
  const server = createServer();
  new Server(server, {
    adapter: createAdapter(pub, sub),
    transports: ["websocket"],
    pingInterval: 600000,
  });
  server.listen(Number(process.argv[2]), "127.0.0.1");
}

main();
