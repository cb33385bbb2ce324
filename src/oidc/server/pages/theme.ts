/** The variables that the pages are drawn with, and their values in light and, where it differs, in dark surroundings. */
const VARIABLES = {
  '--aw-accent': ['#2a4bd0', '#9db0ff'],
  '--aw-on-accent': ['#ffffff', '#10131a'],
  '--aw-background': ['#f3f4f7', '#0e1014'],
  '--aw-surface': ['#ffffff', '#181b21'],
  '--aw-text': ['#171a21', '#eef0f4'],
  '--aw-muted': ['#565e6c', '#a9b1be'],
  '--aw-line': ['#e1e4ea', '#2b3039'],
  '--aw-border': ['#838b99', '#727b8a'],
  '--aw-danger': ['#a8201a', '#ffb4ab'],
  '--aw-danger-surface': ['#fdf0ef', '#371a18'],
  '--aw-radius': ['10px'],
  '--aw-font': ['system-ui, -apple-system, "Segoe UI", Roboto, sans-serif'],
} as const

/** A variable of the pages, such as `--aw-accent`. */
export type ThemeVariable = keyof typeof VARIABLES

const THEME_VARIABLES = Object.keys(VARIABLES) as ThemeVariable[]

/** Values for some variables, as CSS: `{ '--aw-accent': '#0a7d4f' }`. */
export type Theme = { readonly [Name in ThemeVariable]?: string }

/** Colours, lengths, font names and plain functions such as `rgb(0 0 0 / 50%)`: nothing that ends a declaration. */
const PLAIN_VALUE = /^[\w\s#%.,()/"'+-]{1,200}$/

/** What is wrong with a theme, one sentence each. `option` is the name it was given under. */
export function findThemeProblems(option: string, theme: Theme): string[] {
  return Object.entries(theme).flatMap(([name, value]) => {
    if (!Object.hasOwn(VARIABLES, name)) {
      return [`"${option}" has a variable that the pages do not use: expected ${Object.keys(VARIABLES).join(', ')}`]
    }
    if (typeof value === 'string' && PLAIN_VALUE.test(value) && !/url\s*\(/i.test(value) && isBalanced(value)) return []
    return [`"${option}" has a value for "${name}" that is no plain CSS value: expected a colour, length or font list`]
  })
}

/** An open quote or bracket would swallow the declarations that follow. */
function isBalanced(value: string): boolean {
  const withoutStrings = value.replace(/"[^"]*"|'[^']*'/g, '')
  const opened = withoutStrings.split('(').length
  return !/["']/.test(withoutStrings) && opened === withoutStrings.split(')').length
}

/** What a variable is in light surroundings. */
export function themeValue(theme: Theme, name: ThemeVariable): string {
  return theme[name] ?? VARIABLES[name][0]
}

/** The declarations of all variables. `theme` counts in both schemes, `darkTheme` wins in the dark one. */
export function writeThemeCss(theme: Theme, darkTheme: Theme): string {
  const light = declare((name) => themeValue(theme, name))
  const dark = declare((name) => darkTheme[name] ?? theme[name] ?? VARIABLES[name][1])
  return `:root{color-scheme:light dark;${light}}@media (prefers-color-scheme:dark){:root{${dark}}}`
}

function declare(read: (name: ThemeVariable) => string | undefined): string {
  return THEME_VARIABLES.map((name) => [name, read(name)])
    .filter(([, value]) => value !== undefined)
    .map((declaration) => declaration.join(':'))
    .join(';')
}
