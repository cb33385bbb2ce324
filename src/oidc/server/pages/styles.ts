/** The style of every page. Colours, font and corners come from the theme's variables. */
export const PAGE_CSS: string = `
*,*::before,*::after{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;min-height:100vh;min-height:100dvh;display:flex;flex-direction:column;align-items:center;justify-content:center;gap:20px;padding:32px 16px;background:var(--aw-background);color:var(--aw-text);font:16px/1.5 var(--aw-font);overflow-wrap:anywhere}
.brand{display:flex;align-items:center;gap:10px;font-weight:600;letter-spacing:-.01em}
.mark{display:grid;place-items:center;flex:none;width:30px;height:30px;border-radius:8px;background:var(--aw-accent);color:var(--aw-on-accent);font-size:15px;font-weight:700;text-transform:uppercase}
main{width:100%;max-width:420px;padding:36px;background:var(--aw-surface);border:1px solid var(--aw-line);border-radius:calc(var(--aw-radius) + 6px);box-shadow:0 1px 2px rgb(0 0 0/4%),0 12px 32px rgb(0 0 0/7%)}
h1{margin:0;font-size:1.5rem;line-height:1.25;letter-spacing:-.02em;font-weight:650;text-wrap:balance}
h2{margin:24px 0 0;font-size:1rem;font-weight:600}
p{margin:8px 0 0}
p,li{text-wrap:pretty}
.muted{color:var(--aw-muted)}
.small{font-size:.875rem}
.logo{display:block;width:auto;max-width:160px;height:48px;margin:0 0 20px;object-fit:contain}
a{color:var(--aw-accent);text-underline-offset:3px}
form{margin:24px 0 0;display:grid;gap:18px}
.field{display:grid;gap:6px}
label{font-size:.9375rem;font-weight:600}
input{width:100%;min-height:46px;padding:10px 12px;font:inherit;color:inherit;background:var(--aw-surface);border:1px solid var(--aw-border);border-radius:var(--aw-radius)}
.code{font:600 1.25rem/1.4 ui-monospace,SFMono-Regular,Menlo,monospace;letter-spacing:.12em}
input.code{text-transform:uppercase}
p.code{margin:10px 0 0;padding:12px;text-align:center;font-size:1.5rem;border:1px solid var(--aw-line);border-radius:var(--aw-radius)}
input[aria-invalid]{border-color:var(--aw-danger)}
.actions{display:grid;gap:10px;margin-top:4px}
button,.button{min-height:46px;padding:10px 18px;font:inherit;font-weight:600;border-radius:var(--aw-radius);border:1px solid var(--aw-border);background:var(--aw-surface);color:inherit;cursor:pointer}
.button{display:block;text-align:center;text-decoration:none}
.next{margin:24px 0 0}
button.primary{background:var(--aw-accent);border-color:var(--aw-accent);color:var(--aw-on-accent)}
button:hover,.button:hover{filter:brightness(.94)}
:focus-visible{outline:3px solid var(--aw-accent);outline-offset:2px}
.alert{margin:20px 0 0;padding:12px 14px;border:1px solid var(--aw-danger);border-radius:var(--aw-radius);background:var(--aw-danger-surface);color:var(--aw-danger);font-size:.9375rem}
.account{display:flex;align-items:center;gap:12px;margin:20px 0 0;padding:12px 14px;border:1px solid var(--aw-line);border-radius:var(--aw-radius)}
.account .mark{border-radius:50%;background:var(--aw-line);color:var(--aw-text)}
.account p{margin:0}
.scopes{margin:10px 0 0;padding:0;list-style:none;display:grid}
.scopes li{display:flex;gap:10px;padding:10px 0;border-top:1px solid var(--aw-line)}
.scopes li:first-child{border-top:0}
.scopes li::before{content:"";flex:none;width:6px;height:12px;margin:5px 5px 0 3px;border:solid var(--aw-accent);border-width:0 2px 2px 0;transform:rotate(45deg)}
.destination{margin:14px 0 0}
.links{display:flex;flex-wrap:wrap;gap:6px 18px;margin:24px 0 0;padding:16px 0 0;border-top:1px solid var(--aw-line);list-style:none}
.hidden{position:absolute;width:1px;height:1px;margin:-1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media (max-width:480px){body{justify-content:flex-start;padding:20px 12px}main{padding:24px 20px}}
@media (forced-colors:active){button.primary{border:2px solid}}
`.replaceAll('\n', '')
