// Asks npm which-polygon the points of a file: node which.cjs UNITS POINTS REPEATS
const { readFileSync, writeFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const folder = process.argv[5];
const whichPolygon = createRequire(folder + "/")("which-polygon");

const [units, points, repeats] = process.argv.slice(2);
const collection = JSON.parse(readFileSync(units, "utf8"));
collection.features.forEach((feature, number) => (feature.properties = { number }));
const before = process.memoryUsage().rss;
const began = performance.now();
const query = whichPolygon(collection);
const build_s = (performance.now() - began) / 1000;
const raw = readFileSync(points);
const flat = new Float64Array(raw.buffer, raw.byteOffset, raw.length / 8);
const count = flat.length / 2;
const answers = new Int32Array(count);
const rates = [];
const point = [0, 0];
for (let turn = 0; turn < Number(repeats); turn++) {
  const start = process.hrtime.bigint();
  for (let n = 0; n < count; n++) {
    point[0] = flat[2 * n + 1];
    point[1] = flat[2 * n];
    const found = query(point);
    answers[n] = found ? found.number : -1;
  }
  rates.push(count / (Number(process.hrtime.bigint() - start) / 1e9));
}
const spent = new Float64Array(count);
for (let n = 0; n < count; n++) {
  point[0] = flat[2 * n + 1];
  point[1] = flat[2 * n];
  const start = process.hrtime.bigint();
  query(point);
  spent[n] = Number(process.hrtime.bigint() - start) / 1000;
}
spent.sort();
writeFileSync(points + ".answers", Buffer.from(answers.buffer));
console.log(
  JSON.stringify({
    rates,
    build_s,
    memory_mb: (process.memoryUsage().rss - before) / 1e6,
    p50_us: spent[count >> 1],
    p99_us: spent[Math.floor(count * 0.99)],
  }),
);
