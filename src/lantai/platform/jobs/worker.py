"""The worker process: procrastinate for runs, and the pulse for what is done every few seconds."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
import zlib

from django.db import Error, close_old_connections, connection, transaction
from django.utils.module_loading import import_string

from lantai.platform.jobs import queue, registry, services

logger = logging.getLogger("lantai.worker")
_SELDOM_S = 3_600.0
_next: dict[registry.Beat, float] = {}  # of seldom beats: a worker that begins anew in its process keeps time


def work(*, concurrency: int, queues: list[str] | None = None, until_idle: bool = False) -> None:
    """Do runs until SIGTERM or SIGINT (or, with ``until_idle``, until none is left, nor of what a beat began)."""
    services.take_up()
    stop = threading.Event()
    pulse = threading.Thread(target=_pulse, args=(stop,), name="pulse", daemon=True)
    pulse.start()
    try:
        asyncio.run(_work(concurrency, queues, until_idle))
    finally:
        stop.set()
        pulse.join(timeout=10)
    if until_idle:
        asyncio.run(_work(concurrency, queues, until_idle))  # what the last beat began with an empty queue


def forget_time() -> None:
    """Let the next worker of this process do at once what is seldom done."""
    _next.clear()


async def _work(concurrency: int, queues: list[str] | None, until_idle: bool) -> None:
    app = queue.app()
    async with app.with_connector(app.connector.get_worker_connector()).open_async() as working:
        await working.run_worker_async(
            concurrency=concurrency,
            queues=queues,
            wait=not until_idle,
            delete_jobs="always",
            fetch_job_polling_interval=2.0,
            shutdown_graceful_timeout=20.0,
        )


def _pulse(stop: threading.Event) -> None:
    due = {beat: _next.get(beat, 0.0) for beat in registry.beats()}
    while not stop.is_set():
        now = time.monotonic()
        for beat, at in due.items():
            if now >= at:
                due[beat] = now + beat.seconds
                if beat.seconds >= _SELDOM_S:
                    _next[beat] = due[beat]
                _beat(beat)
        close_old_connections()
        stop.wait(0.25)


def _beat(beat: registry.Beat) -> None:
    """One worker of all does a beat; the others pass."""
    key = zlib.crc32(beat.name.encode()) & 0x7FFFFFFF
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select pg_try_advisory_xact_lock(%s, %s)", [0x4C42, key])
            if not cursor.fetchone()[0]:
                return
            import_string(beat.function)()
            services.beat_went_well(beat.name)
    except Error as error:
        connection.close()
        _failed(beat, error)
    except Exception as error:  # boundary: one broken beat must not stop the others
        _failed(beat, error)


def _failed(beat: registry.Beat, error: Exception) -> None:
    """Into the log, whole where it is news; and noted for those who are told of it (desk.watching)."""
    try:
        fault = services.beat_failed(beat.name, type(error).__name__)
    except Error:
        logger.error("beat %s failed, and the database does not answer", beat.name, exc_info=error)
        return
    trace = error if fault.count == 1 else None
    said = "beat %s failed, the %d. time, incident %s"
    logger.error(said, beat.name, fault.count, fault.incident, exc_info=trace)
