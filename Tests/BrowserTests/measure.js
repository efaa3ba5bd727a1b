// What a page must keep: enough contrast (WCAG 2.2, 1.4.3), no sideways scrolling (1.4.10), names for all fields (4.1.2),
// targets large enough (2.5.8). Returns a list of complaints.
(() => {
  const complaints = [];
  const numbers = (text) => (text.match(/[\d.]+/g) || []).map(Number);
  const over = (front, back) => {
    const alpha = front.length > 3 ? front[3] : 1;
    return [0, 1, 2].map((i) => front[i] * alpha + back[i] * (1 - alpha));
  };
  const ground = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) layers.unshift(numbers(getComputedStyle(at).backgroundColor));
    return layers.reduce((back, layer) => (layer.length ? over(layer, back) : back), [255, 255, 255]);
  };
  const luminance = (color) => {
    const [r, g, b] = color.map((part) => {
      const s = part / 255;
      return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => {
    const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p);
    return (x + 0.05) / (y + 0.05);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim();
    const element = walker.currentNode.parentElement;
    if (!text || !element.getClientRects().length) continue;
    const style = getComputedStyle(element);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const back = ground(element);
    const ratio = contrast(over(numbers(style.color), back), back);
    if (ratio < (isLarge ? 3 : 4.5)) complaints.push(`contrast ${ratio.toFixed(2)} of "${text.slice(0, 40)}"`);
    if (size < 12) complaints.push(`text of ${size}px: "${text.slice(0, 40)}"`);
  }
  for (const field of document.querySelectorAll("input:not([type=hidden])")) {
    if (!field.labels.length) complaints.push(`no label for ${field.name}`);
    const border = contrast(numbers(getComputedStyle(field).borderTopColor).slice(0, 3), ground(field.parentElement));
    if (border < 3) complaints.push(`contrast ${border.toFixed(2)} of the border of ${field.name}`);
  }
  for (const target of document.querySelectorAll("button, input:not([type=hidden])")) {
    const box = target.getBoundingClientRect();
    if (box.height < 24 || box.width < 24) complaints.push(`target of ${box.width}x${box.height}: ${target.innerText || target.name}`);
  }
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) complaints.push(`${root.scrollWidth}px wide in a window of ${root.clientWidth}px`);
  if (!root.lang) complaints.push("the page names no language");
  if (document.querySelectorAll("h1").length !== 1) complaints.push("there is not exactly one h1");
  if (!document.title) complaints.push("the page has no title");
  if (document.querySelectorAll("script").length) complaints.push("there is a script");
  return complaints;
})()
