import { userInfo } from 'node:os';
import { expect, test, vi } from 'vitest';
import { userName } from '../../../src/model/text/user-name.js';

vi.mock('node:os', () => ({ userInfo: vi.fn() }));

test('a user is named; one that no passwd file knows, as in a container, by number', () => {
  vi.mocked(userInfo).mockReturnValueOnce({ username: 'anna' } as ReturnType<typeof userInfo>);
  expect(userName()).toBe('anna');
  vi.mocked(userInfo).mockImplementationOnce(() => {
    throw Object.assign(new Error('uv_os_get_passwd returned ENOENT'), { code: 'ERR_SYSTEM_ERROR' });
  });
  expect(userName()).toBe(`uid ${String(process.getuid?.())}`);
});
