import { expect, test } from 'vitest';
import { signalOfMany } from '../../src/model/signal.js';

test('hundreds may listen without a word from Node, and each hears of the end', async () => {
  const warned: string[] = [];
  const onWarning = ({ name }: Error): void => void warned.push(name);
  process.on('warning', onWarning);
  const [one, other] = [new AbortController(), new AbortController()];
  const signal = signalOfMany(one.signal, other.signal);
  let heard = 0;
  for (let host = 0; host < 300; host += 1) signal.addEventListener('abort', () => (heard += 1));
  other.abort();
  await new Promise((resolve) => setTimeout(resolve, 20));
  process.off('warning', onWarning);
  expect({ warned, heard }).toEqual({ warned: [], heard: 300 });
});
