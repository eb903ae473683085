"""The lab's server."""

import socket
from collections.abc import Callable

LOOPBACK = "127.0.0.1"
DEFAULT_PORT = 8750
DARK = """
@media (prefers-color-scheme: dark) {
  html { background: #141414; }
  body { background: #ffffff; filter: invert(0.92) hue-rotate(180deg); min-height: 100vh; margin: 0; }
}
"""
"""Where the system is dark, so is the page. Charts are drawn on canvases whose colours the server sets, and widgets have styles of
their own, so lightness is turned round for all of it at once; turning hues back keeps blue blue and orange orange."""


class LabError(RuntimeError):
    """The lab cannot be started; says why and what to do."""


def check_free(host: str, port: int) -> None:
    """Raises LabError where nothing can listen at this address."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(found[0], socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(found[4])
    except OSError as error:
        raise LabError(
            f"cannot listen at {host}:{port} ({error.strerror or error}); give another --port or --host"
        ) from None


def serve(
    host: str = LOOPBACK, port: int = DEFAULT_PORT, show: bool = False, tell: Callable[[str], None] = print
) -> None:
    """Serve the lab until Ctrl-C. show: also open a browser. Raises LabError."""
    try:
        import panel as pn
    except ModuleNotFoundError:
        raise LabError("the lab needs Panel; install it with: pip install 'scoregate[lab]'") from None
    from sim.engines.fast import prepare
    from sim.experiments.plan import make_plan
    from sim.lab.page import make_page

    pn.config.raw_css = [*pn.config.raw_css, DARK]
    if port:
        check_free(host, port)
    prepare(make_plan("gate_750.yaml").arms.values())  # so that the first visitor need not wait
    origins = ["*"] if host not in (LOOPBACK, "localhost") else None
    server = pn.serve(
        {"/": make_page},
        address=host,
        port=port,
        websocket_origin=origins,
        show=show,
        start=False,
        title="scoregate lab",
        verbose=False,
    )
    tell(f"the lab is at http://{host}:{server.port}/ (Ctrl-C ends it)")
    try:
        server.run_until_shutdown()
    except KeyboardInterrupt:
        server.stop()
