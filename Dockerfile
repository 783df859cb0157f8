# Saring's image: the service in an environment of its own, no compiler, no pip, no root.
# Alpine will not do: the embedded Valkey has no wheel for musl.
FROM python:3.11-slim AS build

# Hashes for every package and wheels alone, as `make setup` does; the backend stays behind in an environment of its own.
ENV PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /build
RUN python -m venv tools && python -m venv --without-pip /opt/saring
COPY requirements.lock requirements-build.lock ./
RUN pip --python /opt/saring/bin/python install --no-cache-dir --require-hashes --only-binary :all: --no-deps \
        -r requirements.lock \
    && tools/bin/pip install --no-cache-dir --require-hashes --only-binary :all: --no-deps -r requirements-build.lock

# The code comes last, so that a change of it leaves the layers above as they are.
COPY pyproject.toml README.md LICENSE ./
COPY classifiers classifiers
COPY service service
RUN tools/bin/pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir dist . \
    && pip --python /opt/saring/bin/python install --no-cache-dir --no-deps --no-index dist/*.whl


FROM python:3.11-slim

LABEL org.opencontainers.image.title="Saring" \
      org.opencontainers.image.description="Comment moderation that a newsroom runs itself" \
      org.opencontainers.image.licenses="Apache-2.0"

# /data is for `docker run` with the embedded Valkey; docker-compose.yml keeps nothing there.
RUN groupadd --system --gid 10001 saring \
    && useradd --system --uid 10001 --gid saring --no-create-home --shell /usr/sbin/nologin saring \
    && install --directory --owner saring --group saring --mode 0700 /data
COPY --from=build /opt/saring /opt/saring

ENV PATH="/opt/saring/bin:$PATH" \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    SARING_HOST=0.0.0.0 \
    SARING_PORT=8080 \
    SARING_DATA_DIR=/data

WORKDIR /data
USER 10001:10001
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import http.client as h; c = h.HTTPConnection('127.0.0.1', 8080, timeout=4); c.request('GET', '/readyz'); raise SystemExit(c.getresponse().status != 200)"]
ENTRYPOINT ["saring"]
CMD ["serve"]
