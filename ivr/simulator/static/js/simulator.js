/* The page's first module: brings the elements to life and starts listening to the line. */
import "./callers.js";
import "./clock.js";
import "./faults.js";
import "./log.js";
import "./phone.js";
import "./staff.js";
import { part, show } from "./dom.js";
import { line } from "./line.js";
import { startVoice } from "./voice.js";

startVoice();
line.addEventListener("reach", () => show(part(document, "lost"), line.lost));
line.start();
