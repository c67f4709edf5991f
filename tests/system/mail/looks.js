/*
 * What is wrong with the page as it is shown now: a list of sentences, empty
 * where nothing is. The last expression of the script is the function.
 */
(() => {
    const AA = 4.5, AA_LARGE = 3;       // WCAG 2.1, 1.4.3
    const LARGE = 24, LARGE_BOLD = 18.66, SMALLEST = 13;        // pixels
    const faults = [];
    const wide = document.documentElement.clientWidth;

    function parse(text) {
        const parts = text.match(/[\d.]+/g).map(Number);
        return { rgb: parts.slice(0, 3), alpha: parts[3] ?? 1 };
    }

    function over(top, below) {
        return top.rgb.map((c, i) =>
            c * top.alpha + below[i] * (1 - top.alpha));
    }

    function luminance(rgb) {
        const [r, g, b] = rgb.map(c => {
            c /= 255;
            return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    }

    function contrast(one, other) {
        const [low, high] = [luminance(one), luminance(other)].sort(
            (a, b) => a - b);
        return (high + 0.05) / (low + 0.05);
    }

    const canvas = document.createElement('i');
    canvas.style.color = 'Canvas';
    document.body.append(canvas);
    const paper = parse(getComputedStyle(canvas).color).rgb;
    canvas.remove();

    // What is painted behind an element, from the canvas up.
    function background(element) {
        const layers = [];
        for (let at = element; at !== null; at = at.parentElement) {
            const style = getComputedStyle(at);
            if (style.backgroundImage !== 'none')
                faults.push(`a picture behind ${name(at)}`);
            if (style.opacity !== '1')
                faults.push(`${name(at)} is let through`);
            layers.unshift(parse(style.backgroundColor));
        }
        return layers.reduce((below, layer) => over(layer, below), paper);
    }

    function name(element) {
        return `${element.tagName} "${element.textContent.trim().slice(0, 30)}"`;
    }

    // Does a box stick out of the one that holds it?
    function sticksOut(rect, left, right) {
        return rect.width > 0 &&
            (rect.left < left - 0.6 || rect.right > right + 0.6);
    }

    function checkText(node) {
        const element = node.parentElement;
        const style = getComputedStyle(element);
        const size = parseFloat(style.fontSize);
        const behind = background(element);
        const ratio = contrast(over(parse(style.color), behind), behind);
        const isLarge = size >= LARGE ||
            (size >= LARGE_BOLD && style.fontWeight >= 700);
        if (ratio < (isLarge ? AA_LARGE : AA))
            faults.push(`contrast ${ratio.toFixed(2)}: ${name(element)}`);
        if (size < SMALLEST)
            faults.push(`${size} pixels: ${name(element)}`);
        const holder = element.closest('td, li, p, div, body');
        const room = holder.getBoundingClientRect();
        const range = document.createRange();
        range.selectNodeContents(node);
        const rects = [...range.getClientRects()];
        if (rects.length === 0 || style.visibility !== 'visible')
            faults.push(`not shown: ${name(element)}`);
        if (rects.some(rect => sticksOut(rect, room.left, room.right)))
            faults.push(`text out of its place: ${name(element)}`);
    }

    if (document.documentElement.scrollWidth > innerWidth)
        faults.push(`${document.documentElement.scrollWidth} pixels wide`);
    for (const element of document.body.querySelectorAll('*')) {
        if (sticksOut(element.getBoundingClientRect(), 0, wide))
            faults.push(`out of the window: ${name(element)}`);
        if (/auto|scroll|hidden|clip/.test(getComputedStyle(element).overflow))
            faults.push(`cut off: ${name(element)}`);
    }
    const walker = document.createTreeWalker(document.body,
        NodeFilter.SHOW_TEXT);
    while (walker.nextNode())
        if (walker.currentNode.data.trim() !== '')
            checkText(walker.currentNode);
    return [...new Set(faults)];
})()
