import { mount } from "svelte";
import App from "./App.svelte";
import "./tokens.css";
import "./app.css";

// In a plain browser nobody answers: the fake does. A build for the window leaves it out.
if (import.meta.env.DEV && !("__TAURI_INTERNALS__" in window)) {
  const { startFromAddress } = await import("./fake");
  startFromAddress(location.search);
}

const target = document.querySelector("#app");
if (target) mount(App, { target });
