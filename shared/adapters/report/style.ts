/** The report's only style sheet: a page on paper, calm on a screen, by day and by night. */
export const style = `
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#57606a;--line:#d8dee4;--paper:#fff;--band:#f6f8fa;--accent:#0a5bd3;--good:#116329;--goodbg:#dafbe1;--warn:#7d4e00;--warnbg:#fff5d6;--bad:#a40e26;--badbg:#ffebe9}
@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9aa5b1;--line:#30363d;--paper:#0d1117;--band:#161b22;--accent:#6cb0ff;--good:#7ee2a0;--goodbg:#12331d;--warn:#f2cc60;--warnbg:#3a2d0a;--bad:#ff9b93;--badbg:#4a1519}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main,header,footer{max-width:72rem;margin:0 auto;padding:0 2rem}
header{padding-top:2.5rem}
h1{font-size:1.8rem;line-height:1.25;margin:.5rem 0;overflow-wrap:anywhere}
h2{font-size:1.15rem;margin:2.2rem 0 .7rem;padding-bottom:.3rem;border-bottom:1px solid var(--line)}
p{margin:.6rem 0;overflow-wrap:anywhere}
.subtitle{font-size:1.05rem;color:var(--soft)}
.badge{display:inline-block;padding:.15rem .8rem;border-radius:1rem;font-weight:600;font-size:.9rem}
.good{background:var(--goodbg);color:var(--good)}.warn{background:var(--warnbg);color:var(--warn)}.bad{background:var(--badbg);color:var(--bad)}
dl{display:grid;grid-template-columns:13rem 1fr;gap:.25rem 1.5rem;margin:.6rem 0}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.9rem;margin:.6rem 0}
th{text-align:left;font-weight:600;color:var(--soft)}
th,td{padding:.4rem .7rem .4rem 0;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:break-word;min-width:3rem}
td:last-child:not(.number){overflow-wrap:anywhere;min-width:14rem}
td.number,th.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td.time{white-space:nowrap}table.many td.time{white-space:normal}
td.code{font-family:ui-monospace,SFMono-Regular,Consolas,monospace;font-size:.82rem;min-width:10rem}
table.many{table-layout:fixed;min-width:52rem}table.many td{overflow-wrap:anywhere;min-width:0}table.many th:last-child{width:30%}
pre{background:var(--band);border:1px solid var(--line);border-radius:6px;padding:.7rem 1rem;white-space:pre-wrap;overflow-wrap:anywhere;font-size:.85rem}
ul{padding-left:1.3rem}li{margin:.2rem 0;overflow-wrap:anywhere}
ul.warnings{list-style:none;padding:0}ul.warnings li{background:var(--warnbg);color:var(--warn);border-radius:6px;padding:.4rem .8rem;margin:.4rem 0}
svg{width:100%;height:auto;display:block;margin:.8rem 0}
svg text{fill:var(--ink);font-size:12px}svg .axis{fill:var(--soft)}svg .track{fill:var(--band)}svg .bar{fill:var(--accent)}svg .failed{fill:var(--bad)}
footer{color:var(--soft);font-size:.85rem;padding-top:2rem;padding-bottom:3rem}
@media (max-width:40rem){main,header,footer{padding-left:1rem;padding-right:1rem}dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.5rem}}
@media print{:root{color-scheme:light;--ink:#000;--soft:#444;--line:#bbb;--paper:#fff;--band:#f4f4f4;--accent:#0a5bd3;--good:#116329;--goodbg:#fff;--warn:#7d4e00;--warnbg:#fff;--bad:#a40e26;--badbg:#fff}body{font-size:10pt}main,header,footer{max-width:none;padding-left:0;padding-right:0}h2{break-after:avoid}tr,dl,pre,svg{break-inside:avoid}thead{display:table-header-group}.wide{overflow:visible}td{overflow-wrap:anywhere}.badge,ul.warnings li{border:1px solid currentColor}}
@page{margin:18mm}
`;
