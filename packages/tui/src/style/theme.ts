// Which colours stand for what; a theme names them, the painter writes them.

/** Everything that has a look of its own. */
export const roles = [
  'time',
  'own',
  'notice',
  'error',
  'late',
  'mark',
  'day',
  'unreadLine',
  'mention',
  'found',
  'bar',
  'barStrong',
  'barWarning',
  'frame',
  'current',
  'unread',
  'unreadPrivate',
  'unreadMention',
  'here',
  'away',
  'prompt',
  'key',
  'picture',
] as const;

export type Role = (typeof roles)[number];

/** A look as the numbers of a terminal's SGR sequence, "1;36"; '' for none. */
export interface Theme {
  readonly looks: Readonly<Record<Role, string>>;
  /** For the names of people, one of them each by key. */
  readonly names: readonly string[];
}

const dark: Theme = {
  looks: {
    time: '90',
    own: '1',
    notice: '90',
    error: '91',
    late: '33',
    mark: '90',
    day: '90',
    unreadLine: '31',
    mention: '1;93',
    found: '7',
    bar: '48;5;236;38;5;252',
    barStrong: '48;5;236;1;97',
    barWarning: '48;5;236;1;93',
    frame: '38;5;238',
    current: '1;7',
    unread: '97',
    unreadPrivate: '1;95',
    unreadMention: '1;93',
    here: '',
    away: '90',
    prompt: '1;36',
    key: '1;36',
    picture: '38;5;16;48;5;231',
  },
  names: ['36', '32', '33', '35', '94', '91', '96', '92', '93', '95', '38;5;208', '38;5;147'],
};

const light: Theme = {
  looks: {
    ...dark.looks,
    own: '1',
    error: '31',
    late: '38;5;130',
    mention: '1;38;5;130',
    bar: '48;5;254;38;5;236',
    barStrong: '48;5;254;1;30',
    barWarning: '48;5;254;1;38;5;130',
    frame: '38;5;250',
    unread: '1;30',
    unreadPrivate: '1;35',
    unreadMention: '1;38;5;130',
    prompt: '1;34',
    key: '1;34',
  },
  names: ['34', '32', '35', '31', '36', '38;5;130', '38;5;90', '38;5;22', '38;5;24', '38;5;124'],
};

/** Without colours: bold and reverse still tell what must be told. */
const none: Theme = {
  looks: {
    time: '',
    own: '',
    notice: '',
    error: '1',
    late: '',
    mark: '',
    day: '',
    unreadLine: '',
    mention: '1',
    found: '7',
    bar: '7',
    barStrong: '7;1',
    barWarning: '7;1',
    frame: '',
    current: '7',
    unread: '',
    unreadPrivate: '1',
    unreadMention: '1',
    here: '',
    away: '',
    prompt: '1',
    key: '1',
    picture: '7',
  },
  names: [],
};

export const themes: Readonly<Record<'dark' | 'light' | 'none', Theme>> = { dark, light, none };
