# docker build -t underpaint .
# docker run --rm -p 127.0.0.1:8080:8080 underpaint

FROM docker.io/library/swift:6.3-bookworm AS build
WORKDIR /source
COPY scripts/setup scripts/setup
RUN scripts/setup
# Dependencies change more seldom than sources.
COPY Package.swift .
RUN swift package resolve
COPY Sources Sources
COPY Tests Tests
# The Swift runtime goes into the binary: the runtime stage needs no toolchain image. Debug information stays behind,
# symbols do not: a crash report names functions.
RUN swift build -c release --static-swift-stdlib --product underpaint \
    && install -D .build/release/underpaint /out/underpaint \
    && strip --strip-debug /out/underpaint

FROM docker.io/library/debian:bookworm-slim AS runtime
RUN apt-get update \
    && apt-get install --yes --no-install-recommends curl libdnnl2 libmicrohttpd12 libnettle8 libopenblas0-pthread \
        libpng16-16 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin underpaint
WORKDIR /usr/share/underpaint
COPY LICENSE .
COPY config/underpaint.yaml /etc/underpaint/underpaint.yaml
COPY models models
COPY --from=build /out/underpaint /usr/local/bin/underpaint
# The default listens on this machine only, which in a container is nobody.
ENV UNDERPAINT_HTTP_HOST=0.0.0.0
USER 10001:10001
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
    CMD curl --fail --silent --show-error --max-time 2 --output /dev/null \
        "http://127.0.0.1:${UNDERPAINT_HTTP_PORT:-8080}/healthz"
ENTRYPOINT ["underpaint"]
CMD ["serve", "--config", "/etc/underpaint/underpaint.yaml"]
