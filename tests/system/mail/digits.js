/* Where each digit of the PIN is, once it is in the window. */
(() => {
    const pin = document.getElementById('pin');
    const places = [];
    pin.scrollIntoView({ block: 'center' });
    const walker = document.createTreeWalker(pin, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode;
        for (let i = 0; i < node.length; i++) {
            const range = document.createRange();
            range.setStart(node, i);
            range.setEnd(node, i + 1);
            const { left, right, top, bottom } = range.getBoundingClientRect();
            const style = getComputedStyle(node.parentElement);
            const space = parseFloat(style.letterSpacing) || 0;
            places.push({ digit: node.data[i], left, top, bottom,
                right: right - space, space,
                size: parseFloat(style.fontSize) });
        }
    }
    return places;
})()
