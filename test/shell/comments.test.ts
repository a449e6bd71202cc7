import { expect, test } from 'vitest';
import { withoutComments } from '../../src/shell/comments.js';

test.each([
  ['comment lines and empty lines go', '# a\n\n  # b\necho x # y\n', 'echo x # y'],
  ['what is quoted stays', 'echo \'a\n# b\n\n# c\' "d\n# e"\n# f\n', 'echo \'a\n# b\n\n# c\' "d\n# e"'],
  ['an apostrophe in a comment opens nothing', "echo a # it's\n# b\necho c", "echo a # it's\necho c"],
  ['escaped quotes open nothing', 'echo \\" \\\'\n# b\necho "\\"" # "\n# c', 'echo \\" \\\'\necho "\\"" # "'],
  ['a number sign inside a word is none', "echo ${a#b} a#'\n# b\n'", "echo ${a#b} a#'\n# b\n'"],
  [
    'here-documents stay',
    "cat <<-EOF\n# a\n\n\tEOF\n# b\ncat <<'E'\n# c\nE\n# d",
    "cat <<-EOF\n# a\n\n\tEOF\ncat <<'E'\n# c\nE",
  ],
  ['a line that goes on goes on', 'echo a \\\n# b\n# c', 'echo a \\\n# b'],
  [
    'directives of shellcheck stay',
    '# shellcheck disable=SC2086\n# x\necho $a',
    '# shellcheck disable=SC2086\necho $a',
  ],
])('%s', (_what, text, left) => {
  expect(withoutComments(text)).toBe(left);
});
