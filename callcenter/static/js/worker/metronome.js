/* Ticks once a second, also while the page is in the background, where its own timers are slowed down. */
setInterval(() => postMessage("tick"), 1000);
