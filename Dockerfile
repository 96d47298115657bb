FROM python:3.12-slim AS build
RUN python -m venv /opt/wenju
WORKDIR /src
# ocr: the bot reads pictures and scanned pages too; fast: a large corpus; opensearch: a search cluster.
ARG EXTRAS=
COPY requirements.txt requirements-fast.txt requirements-ocr.txt requirements-opensearch.txt ./
RUN for extra in "" $EXTRAS; do \
        /opt/wenju/bin/pip install --no-cache-dir --require-hashes \
            --requirement "requirements${extra:+-$extra}.txt" || exit 1; \
    done
COPY . .
RUN /opt/wenju/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.12-slim
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin wenju \
    && install --directory --owner=wenju --group=wenju /data
COPY --from=build /opt/wenju /opt/wenju
COPY --chown=10001:10001 seeds /documents
ENV PATH=/opt/wenju/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    MPLCONFIGDIR=/data/.matplotlib \
    NUMBA_CACHE_DIR=/data/.numba \
    WENJU_DATA=/data \
    SQLITE_TMPDIR=/data \
    OPENBLAS_NUM_THREADS=1 \
    WENJU_DOCUMENTS=/documents
# By number, so that an orchestrator can tell that it is not root.
USER 10001:10001
WORKDIR /data
VOLUME /data
# The first start builds the index before the first poll.
HEALTHCHECK --interval=30s --timeout=10s --start-period=120s CMD ["wenju", "health"]
ENTRYPOINT ["wenju"]
CMD ["run"]
