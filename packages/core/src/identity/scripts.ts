// Whether a text keeps to one script, as UTS 39 §5.1 defines it with script extensions.

// Scripts of UAX 31 that are in common or limited use today; names in historic scripts are not offered.
const single: readonly string[] = [
  'Latin',
  'Cyrillic',
  'Greek',
  'Armenian',
  'Georgian',
  'Hebrew',
  'Arabic',
  'Syriac',
  'Thaana',
  'Nko',
  'Devanagari',
  'Bengali',
  'Gurmukhi',
  'Gujarati',
  'Oriya',
  'Tamil',
  'Telugu',
  'Kannada',
  'Malayalam',
  'Sinhala',
  'Thai',
  'Lao',
  'Tibetan',
  'Myanmar',
  'Khmer',
  'Ethiopic',
  'Cherokee',
  'Mongolian',
  'Canadian_Aboriginal',
  'Tifinagh',
  'Javanese',
  'Balinese',
  'Sundanese',
  'Cham',
  'Tai_Le',
  'New_Tai_Lue',
  'Tai_Tham',
  'Tai_Viet',
  'Lisu',
  'Yi',
  'Vai',
  'Bamum',
  'Ol_Chiki',
  'Lepcha',
  'Limbu',
  'Meetei_Mayek',
  'Saurashtra',
  'Syloti_Nagri',
  'Kayah_Li',
  'Batak',
  'Buginese',
  'Adlam',
  'Osage',
  'Miao',
  'Chakma',
  'Newa',
  'Hanifi_Rohingya',
  'Mandaic',
  'Wancho',
  'Nyiakeng_Puachue_Hmong',
];

/** Scripts that one language writes together: Japanese, Korean, Chinese with its phonetic letters. */
const together: readonly (readonly string[])[] = [
  ['Han', 'Hiragana', 'Katakana'],
  ['Han', 'Hangul'],
  ['Han', 'Bopomofo'],
];

const patterns: readonly RegExp[] = [...together, ...single.map((script) => [script])].map(
  (scripts) => {
    const classes = scripts.map((script) => `\\p{Script_Extensions=${script}}`).join('');
    return new RegExp(
      `^[${classes}\\p{Script_Extensions=Common}\\p{Script_Extensions=Inherited}]*$`,
      'u',
    );
  },
);

const ascii = /^[\0-\x7f]*$/u;

/** True if all letters are of one script, or of scripts that one language writes together. */
export function isSingleScript(text: string): boolean {
  return ascii.test(text) || patterns.some((pattern) => pattern.test(text));
}
