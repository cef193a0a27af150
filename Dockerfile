# docker build -t alliance .
# Another base (a mirror, a newer patch): --build-arg PYTHON_IMAGE=...
ARG PYTHON_IMAGE=python:3.11-slim

FROM ${PYTHON_IMAGE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
# The locked dependencies first: a change of the code alone does not fetch them again.
# /app gets no pip of its own; what is not there cannot be misused.
COPY requirements.txt requirements-build.txt ./
RUN python -m venv /build \
    && /build/bin/pip install --require-hashes -r requirements-build.txt \
    && python -m venv --without-pip /app \
    && /build/bin/pip --python /app/bin/python install --require-hashes -r requirements.txt
COPY LICENSE README.md pyproject.toml ./
COPY messages messages
COPY bot bot
RUN /build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /wheel . \
    && /build/bin/pip --python /app/bin/python install --no-deps --no-index /wheel/*.whl

FROM ${PYTHON_IMAGE}
# A number, so that an orchestrator can see for itself that it is not root.
RUN groupadd --gid 10001 alliance \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin alliance \
    && install --directory --owner=10001 --group=10001 --mode=0700 /data
COPY --from=build /app /app
# Only /data is written: the root file system may be read-only.
ENV PATH=/app/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    ALLIANCE_DATABASE_URL=sqlite+aiosqlite:////data/alliance.db
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8080
# No proxy: a proxy set for the way out must not be asked about this machine itself.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.build_opener(u.ProxyHandler({})).open('http://127.0.0.1:' + os.environ.get('ALLIANCE_HTTP_PORT', '8080') + '/healthz', timeout=4)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["alliance"]
CMD ["run"]
