import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { claimText, jobText, STILL_BUSY, streamText, TAKEN_OVER } from '../../../src/ssh/shell/job.js';
import { runLocal } from '../../../src/ssh/local.js';
import { uploadReader } from '../../../src/ssh/transfer/upload-reader.js';
import { scratch } from '../scratch.js';

const begun: ChildProcess[] = [];
afterEach(() => {
  for (const child of begun.splice(0)) child.kill('SIGKILL');
});

const sh = (script: string, input = ''): Promise<{ code: number; stdout: string; stderr: string }> =>
  runLocal('sh', ['-c', script], { reject: false, input });

/** Begins a script and resolves when it has made the file `up`; its standard input stays open. */
async function begin(script: string, up: string): Promise<{ child: ChildProcess; ended: Promise<number | null> }> {
  const child = spawn('sh', ['-c', script], { stdio: ['pipe', 'ignore', 'ignore'] });
  begun.push(child);
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
  await expect.poll(() => existsSync(up), { timeout: 10_000, interval: 10 }).toBe(true);
  return { child, ended };
}

test('a job of the run that has the host runs, with its exit code; one of another run does not begin', async () => {
  const folder = join(scratch(), 'kinit');
  expect((await sh(claimText({ run: 'one', folder }))).code).toBe(0);
  expect(await sh(jobText("it's", 'cat; exit 7', { run: 'one', folder }), 'input')).toMatchObject({
    code: 7,
    stdout: 'input',
  });
  expect((await sh(claimText({ run: 'two', folder }))).code).toBe(0);
  expect(await sh(jobText('x', 'echo no', { run: 'one', folder }))).toMatchObject({ code: TAKEN_OVER, stdout: '' });
  expect(await sh(streamText('x', 'echo no', { run: 'one', folder }))).toMatchObject({ code: TAKEN_OVER, stdout: '' });
});

test('on a host nobody has claimed (it was rebooted) no job begins', async () => {
  expect((await sh(jobText('x', 'echo no', { run: 'one', folder: join(scratch(), 'kinit') }))).stdout).toBe('');
});

test('a claim waits for a job whose kinit is gone, and tells what it is; a daemon the job left does not count', async () => {
  const top = scratch();
  const folder = join(top, 'kinit');
  await sh(claimText({ run: 'one', folder }));
  const job = await begin(
    jobText(
      'install chrony',
      `sleep 60 & : >${top}/up; while [ ! -e ${top}/go ]; do sleep 0.05; done; echo done >${top}/result; kill $!`,
      { run: 'one', folder },
    ),
    join(top, 'up'),
  );
  const late = await sh(claimText({ run: 'two', folder, wait: 1 }));
  expect(late.code).toBe(STILL_BUSY);
  expect(late.stdout).toMatch(/^wait \d+ \d+ install chrony\n$/);
  const claimed = sh(claimText({ run: 'three', folder }));
  writeFileSync(join(top, 'go'), '');
  expect((await claimed).code).toBe(0);
  expect(readFileSync(join(top, 'result'), 'utf8')).toBe('done\n');
  await job.ended;
});

test('two jobs of one run may run at the same time', async () => {
  const top = scratch();
  const folder = join(top, 'kinit');
  await sh(claimText({ run: 'one', folder }));
  await begin(jobText('long', `: >${top}/up; sleep 60`, { run: 'one', folder }), join(top, 'up'));
  expect(await sh(jobText('short', 'echo both', { run: 'one', folder }))).toMatchObject({ code: 0, stdout: 'both\n' });
});

test('a stream that gets no more data and no end is ended by the next claim', async () => {
  const top = scratch();
  const folder = join(top, 'kinit');
  await sh(claimText({ run: 'one', folder }));
  const stream = await begin(
    streamText('import images', `: >${top}/up; cat >/dev/null; echo whole >${top}/result`, { run: 'one', folder }),
    join(top, 'up'),
  );
  expect((await sh(claimText({ run: 'two', folder, streamWait: 1 }))).code).toBe(0);
  expect(await stream.ended).not.toBe(0);
  expect(existsSync(join(top, 'result'))).toBe(false);
});

test('a stream that cannot be ended, as one whose disk is stuck, is waited for as a job is, and told', async () => {
  const top = scratch();
  const folder = join(top, 'kinit');
  await sh(claimText({ run: 'one', folder }));
  await sh(streamText('receive files', ':', { run: 'one', folder }));
  // Held by another number than the one that is looked for: so nobody ends it.
  const stuck = await begin(
    `exec 5>>${folder}/streaming; flock 5; : >${top}/up; while [ ! -e ${top}/go ]; do sleep 0.05; done`,
    join(top, 'up'),
  );
  const late = await sh(claimText({ run: 'two', folder, wait: 1, streamWait: 0.1 }));
  expect({ code: late.code, said: late.stdout }).toMatchObject({
    code: STILL_BUSY,
    said: expect.stringMatching(/^wait \d+ \d+ receive files\n$/) as string,
  });
  const claimed = sh(claimText({ run: 'three', folder, streamWait: 0.1 }));
  writeFileSync(join(top, 'go'), '');
  expect((await claimed).code).toBe(0);
  await stuck.ended;
});

test('files that a dead run had still on their way are not put in place, and what a power cut left is swept up', async () => {
  const top = scratch();
  const folder = join(top, 'kinit');
  const target = join(top, 'ca.crt');
  const files = (text: string): string => `file ${text.length} 600 root:root -\n${target}\n${text}end\n`;
  await sh(claimText({ run: 'one', folder }));
  expect((await sh(uploadReader('a', true, { run: 'one', folder }), files('first'))).stdout).toBe('done\n');
  await sh(claimText({ run: 'two', folder }));
  expect((await sh(uploadReader('a', true, { run: 'one', folder }), files('late'))).stdout).toBe('taken over\n');
  expect(readFileSync(target, 'utf8')).toBe('first');
  writeFileSync(join(top, '.kinit-up-one-b-0'), 'half');
  writeFileSync(join(top, '.kinit-up-two-c-0'), 'another upload of this run');
  expect((await sh(uploadReader('d', true, { run: 'two', folder }), files('second'))).stdout).toBe('done\n');
  expect(readFileSync(target, 'utf8')).toBe('second');
  expect((await sh(`ls -A ${top}`)).stdout).toBe('.kinit-up-two-c-0\nca.crt\nkinit\n');
});
