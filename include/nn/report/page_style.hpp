// SPDX-License-Identifier: MIT
// How a report looks, and what happens where it is pressed. All of it is in the page: nothing is fetched.
#pragma once

#include <string_view>

namespace nn::detail {

/// Light or dark as the reader's system has it, or as the button says. Series differ in colour (Okabe and Ito 2008, who
/// chose them for the colour-blind) and in dashes.
inline constexpr std::string_view page_style = R"(
:root{color-scheme:light;--paper:#fff;--card:#f6f7f9;--ink:#1c2026;--faint:#5a6472;--line:#d9dee5;--mark:#0b62a8;
--bad:#b8401a;--c0:#0072b2;--c1:#d55e00;--c2:#00795a;--c3:#b4528a;--c4:#8a6d00;--c5:#2f8fc4;--c6:#5b4bb7;--c7:#4d4d4d}
:root[data-theme=dark]{color-scheme:dark;--paper:#14171c;--card:#1d2229;--ink:#e6e9ee;--faint:#a3adba;--line:#363d48;
--mark:#6db7f2;--bad:#ff9a6e;--c0:#56b4e9;--c1:#ff8c3b;--c2:#3ccf9f;--c3:#e897c5;--c4:#e6c94a;--c5:#9ad4f5;--c6:#b1a6ff;
--c7:#c9c9c9}
@media(prefers-color-scheme:dark){:root:not([data-theme=light]){color-scheme:dark;--paper:#14171c;--card:#1d2229;
--ink:#e6e9ee;--faint:#a3adba;--line:#363d48;--mark:#6db7f2;--bad:#ff9a6e;--c0:#56b4e9;--c1:#ff8c3b;--c2:#3ccf9f;
--c3:#e897c5;--c4:#e6c94a;--c5:#9ad4f5;--c6:#b1a6ff;--c7:#c9c9c9}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
header,main,footer{max-width:72rem;margin:0 auto;padding:0 1rem}
header{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:baseline;padding-top:1rem}
h1{font-size:1.6rem;margin:0;flex:1 1 auto;overflow-wrap:anywhere}h2{font-size:1.25rem;margin:2rem 0 .75rem}
h3{font-size:1rem;margin:1.25rem 0 .5rem}
nav{flex:1 0 100%}nav a{display:inline-block;margin-right:1rem;padding:.35rem 0}a{color:var(--mark)}
button{font:inherit;color:inherit;background:none;border:1px solid var(--line);border-radius:.4rem;padding:.2rem .6rem;
min-height:2rem;cursor:pointer}
:focus-visible{outline:3px solid var(--mark);outline-offset:2px}
.tiles,.charts,.samples,.flow{display:grid;gap:.75rem;padding:0;margin:0;list-style:none}
.tiles{grid-template-columns:repeat(auto-fill,minmax(9.5rem,1fr))}
.charts{grid-template-columns:repeat(auto-fill,minmax(min(100%,25rem),1fr));margin-top:.75rem;align-items:start}
.samples{grid-template-columns:repeat(auto-fill,minmax(9rem,1fr))}
.tiles>div,figure,.samples>li,.flow>li{background:var(--card);border:1px solid var(--line);border-radius:.6rem;
padding:.6rem .8rem;margin:0}
.tiles dt{color:var(--faint);font-size:.85rem}.tiles dd{margin:0;font-size:1.3rem;font-variant-numeric:tabular-nums}
figcaption{font-weight:600}figure svg{display:block;width:100%;height:auto}
.samples img{width:100%;max-width:8rem;image-rendering:pixelated;display:block;margin-bottom:.4rem;background:#000}
.samples .wrong{color:var(--bad)}.samples p{margin:0;font-size:.9rem}
.wide{overflow-x:auto;max-width:100%}
table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums}
caption{text-align:left;white-space:nowrap;color:var(--faint);padding-bottom:.3rem}
th,td{padding:.25rem .6rem;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
th[scope=row],th.name,td.name{text-align:left}
.confusion td{min-width:2.6rem;background:color-mix(in srgb,var(--tone) calc(var(--share)*70%),transparent)}
.confusion td.right{--tone:var(--c0)}.confusion td.off{--tone:var(--c1)}.confusion td.none{color:var(--faint)}
.bar{display:inline-block;height:.6rem;background:var(--c0);vertical-align:middle;border-radius:2px}
.small{width:9rem;height:2.5rem}.small rect{fill:var(--c0)}
.flow{grid-template-columns:repeat(auto-fill,minmax(11rem,1fr))}.flow li{position:relative;font-size:.9rem}
.flow b{display:block;font-size:1rem}.flow li:not(:last-child)::after{content:"\2192";position:absolute;right:-.85rem;
top:calc(50% - .8rem);color:var(--faint);z-index:1}
.chart svg text{fill:var(--ink);font-size:13px}.tick{fill:var(--faint)!important}
.middle{text-anchor:middle}.end{text-anchor:end}.grid{stroke:var(--line)}.axis{stroke:var(--faint)}
.cross{stroke:var(--faint);stroke-dasharray:3 3;visibility:hidden}
.series path,.key path{fill:none;stroke:currentColor;stroke-width:2}.series circle,.key circle{fill:currentColor}
.color0{color:var(--c0)}.color1{color:var(--c1)}.color2{color:var(--c2)}.color3{color:var(--c3)}.color4{color:var(--c4)}
.color5{color:var(--c5)}.color6{color:var(--c6)}.color7{color:var(--c7)}
.dash1{stroke-dasharray:7 3}.dash2{stroke-dasharray:2 3}.dash3{stroke-dasharray:9 3 2 3}.dash4{stroke-dasharray:12 4}
.dash5{stroke-dasharray:4 4}.dash6{stroke-dasharray:1 4}.dash7{stroke-dasharray:14 3 3 3 3 3}
.legend{display:flex;flex-wrap:wrap;gap:.4rem;margin:.3rem 0}.legend button{font-size:.85rem}
.legend .key{display:inline-block;width:24px;height:8px;margin-right:.4rem}
.legend [aria-pressed=false]{text-decoration:line-through;opacity:.55}
.values{display:block;min-height:1.5em;font-size:.85rem;color:var(--faint)}
summary{cursor:pointer;font-size:.85rem;color:var(--faint);padding:.3rem 0}
.findings li{margin:.3rem 0}footer{color:var(--faint);font-size:.85rem;padding-top:2rem;padding-bottom:2rem}
@media print{button,.values{display:none}figure{break-inside:avoid}}
)";

/// Values at the pointer or the arrow keys, lines that are switched off and on, and the button for light and dark.
inline constexpr std::string_view page_script = R"script(
"use strict";
const report=JSON.parse(document.getElementById("report-data").textContent);
const number=v=>v===null?"–":Number.isInteger(v)?String(v):String(Number(v.toPrecision(4)));
for(const figure of document.querySelectorAll("figure.chart")){
const chart=report.charts[Number(figure.dataset.chart)],svg=figure.querySelector("svg[tabindex]");
const cross=figure.querySelector(".cross"),values=figure.querySelector(".values"),hidden=new Set();
const places=()=>[...new Set(chart.series.flatMap((s,i)=>hidden.has(i)?[]:s.x))].filter(x=>x!==null).sort((a,b)=>a-b);
let current=-1;
const show=k=>{const all=places();if(!all.length)return;
current=Math.max(0,Math.min(all.length-1,k));const x=all[current];
const at=62+404*(x-chart.x_low)/(chart.x_high-chart.x_low);
cross.setAttribute("x1",at);cross.setAttribute("x2",at);cross.style.visibility="visible";
values.textContent=chart.x_label+" "+number(x)+": "+chart.series.flatMap((s,i)=>{const j=s.x.indexOf(x);
return hidden.has(i)||j<0?[]:[s.name+" "+number(s.y[j])]}).join(", ")};
svg.addEventListener("pointermove",event=>{const box=svg.getBoundingClientRect(),all=places();
const x=chart.x_low+((event.clientX-box.left)/box.width*480-62)/404*(chart.x_high-chart.x_low);
let best=0;all.forEach((v,k)=>{if(Math.abs(v-x)<Math.abs(all[best]-x))best=k});show(best)});
svg.addEventListener("pointerleave",()=>{cross.style.visibility="hidden";values.textContent=""});
svg.addEventListener("keydown",event=>{const step={ArrowRight:current+1,ArrowLeft:current-1,Home:0,End:1e9}[event.key];
if(step!==undefined){event.preventDefault();show(step)}});
for(const button of figure.querySelectorAll(".legend button"))button.addEventListener("click",()=>{
const i=Number(button.dataset.series),isShown=button.getAttribute("aria-pressed")!=="true";
button.setAttribute("aria-pressed",String(isShown));isShown?hidden.delete(i):hidden.add(i);
figure.querySelector("g.series[data-series='"+i+"']").style.display=isShown?"":"none"})}
const theme=document.getElementById("theme"),root=document.documentElement;
const isDark=()=>root.dataset.theme?root.dataset.theme==="dark":matchMedia("(prefers-color-scheme: dark)").matches;
const name=()=>{theme.textContent=isDark()?"Light":"Dark"};name();theme.hidden=false;
theme.addEventListener("click",()=>{root.dataset.theme=isDark()?"light":"dark";name()});
)script";

}  // namespace nn::detail
