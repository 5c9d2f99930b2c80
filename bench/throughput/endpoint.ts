import { createServer } from 'node:http';
import type { EndpointTask, PushesSeen } from './endpoint-process.ts';
import { pushTally } from './push-tally.ts';

/**
 * The process of an endpoint: it accepts everything, after a while. It gets its task by message, answers with its
 * URL, and sends what it has seen once it has answered as many messages as the task says.
 */
process.on('message', (task: EndpointTask) => serve(task));

function serve({ answerMs, messages }: EndpointTask): void {
  const seen = pushTally(messages, () => performance.timeOrigin + performance.now());
  const server = createServer((request, response) => {
    const answered = seen.arrived();
    request.resume();
    request.once('end', () => setTimeout(() => {
      response.writeHead(204).end();
      answered(String(request.headers['webhook-id']));
      const result: PushesSeen | undefined = seen.result();
      if (result) process.send?.(result, () => process.exit(0));
    }, answerMs));
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    process.send?.(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`);
  });
}
