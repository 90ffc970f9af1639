/** Preloaded into children: when the process that started them dies, however it dies, they stop too. */
process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
// The channel is only there to notice; it must not keep the process alive.
process.channel?.unref();
