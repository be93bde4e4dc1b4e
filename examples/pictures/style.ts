/** The style sheet of the report: system fonts, two colour schemes, printable. */
export const reportStyle = `
:root { color-scheme: light dark; --ink: #1c2128; --soft: #5b6470; --line: #dfe3e8;
  --page: #ffffff; --panel: #f6f7f9; --accent: #2f6fab; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #d9dde3; --soft: #98a1ad; --line: #2c323b; --page: #14171c;
    --panel: #1b1f26; --accent: #79b0e2; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.55 system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
main { max-width: 860px; margin: 0 auto; padding: 40px 24px 72px; }
.brand { margin: 0; color: var(--accent); font-weight: 650; letter-spacing: 0.04em; }
h1 { margin: 2px 0 0; font-size: 1.9rem; line-height: 1.2; font-weight: 650; }
.subtitle { margin: 6px 0 0; color: var(--soft); }
h2 { margin: 0 0 8px; font-size: 1.1rem; font-weight: 650; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(180px, 1fr));
  gap: 12px; margin: 28px 0 8px; }
.card { background: var(--panel); border: 1px solid var(--line); border-radius: 10px;
  padding: 12px 16px; }
dt { color: var(--soft); font-size: 0.85rem; }
dd { margin: 2px 0 0; font-size: 1.35rem; font-weight: 600; font-variant-numeric: tabular-nums; }
dd small { margin-left: 6px; color: var(--soft); font-size: 0.8rem; font-weight: 400; }
figure { margin: 36px 0 0; }
figcaption p { margin: 0 0 10px; color: var(--soft); font-size: 0.92rem; max-width: 68ch; }
.picture { overflow-x: auto; }
.picture svg { display: block; max-width: 100%; height: auto; }
.file { margin: 2px 0 0; color: var(--soft); font-size: 0.78rem;
  font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
section { margin-top: 40px; }
.tables { display: grid; grid-template-columns: repeat(auto-fit, minmax(300px, 1fr)); gap: 32px; }
table { width: 100%; border-collapse: collapse; font-size: 0.92rem;
  font-variant-numeric: tabular-nums; }
th, td { padding: 5px 8px 5px 0; border-bottom: 1px solid var(--line); text-align: left; }
th { font-weight: 400; color: var(--soft); }
td { text-align: right; white-space: nowrap; }
td.unit { width: 1%; color: var(--soft); text-align: left; }
pre { margin: 0; padding: 14px 16px; overflow-x: auto; background: var(--panel);
  border: 1px solid var(--line); border-radius: 10px; white-space: pre-wrap;
  font: 0.85rem/1.6 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
@media print { main { padding: 0; max-width: none; } figure, section { break-inside: avoid; } }
`
