// A vitest reporter that writes each result the moment it is known, so that a run that is ended early still counts.
import { appendFileSync } from 'node:fs';

export default class ResultReporter {
  onTestCaseResult(test) {
    const result = test.result();
    const name = `${test.module.relativeModuleId} > ${test.fullName}`;
    const note = result.state === 'failed' ? messages(result.errors) : result.note;
    this.write({ name, state: result.state, note, ms: test.diagnostic()?.duration });
  }

  onTestModuleEnd(module) {
    for (const error of module.errors())
      this.write({ name: module.relativeModuleId, state: 'failed', note: error.message });
  }

  onTestSuiteResult(suite) {
    for (const error of suite.errors())
      this.write({
        name: `${suite.module.relativeModuleId} > ${suite.fullName}`,
        state: 'failed',
        note: error.message,
      });
  }

  onTestRunEnd(_modules, unhandledErrors) {
    for (const error of unhandledErrors) this.write({ name: 'unhandled error', state: 'failed', note: error.message });
  }

  write(entry) {
    const file = process.env['KINIT_TEST_RESULTS'];
    if (file !== undefined) appendFileSync(file, `${JSON.stringify(entry)}\n`);
  }
}

/** What went wrong, with what was expected beside it. */
function messages(errors) {
  return errors?.map(({ message, diff }) => (diff === undefined ? message : `${message}\n${diff}`)).join('\n');
}
