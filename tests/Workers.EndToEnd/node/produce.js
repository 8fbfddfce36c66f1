// Sends what it reads: a JSON object a line, {topic, key, headers, value}, in their order; value null is a tombstone.
'use strict';
const { createInterface } = require('node:readline');
const { Kafka, logLevel } = require('kafkajs');

async function main() {
  const kafka = new Kafka({ clientId: 'shop', brokers: process.argv[2].split(','), logLevel: logLevel.ERROR });
  const producer = kafka.producer();
  await producer.connect();
  for await (const line of createInterface({ input: process.stdin })) {
    const { topic, ...message } = JSON.parse(line);
    await producer.send({ topic, messages: [message] });
  }
  await producer.disconnect();
}

process.env.KAFKAJS_NO_PARTITIONER_WARNING = '1';
main().catch(error => {
  console.error(error);
  process.exitCode = 1;
});
