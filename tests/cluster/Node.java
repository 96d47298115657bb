import java.io.File;
import java.io.IOException;

import org.codelibs.opensearch.runner.OpenSearchRunner;

/** Runs one node: FOLDER PORT, where FOLDER holds config/opensearch.yml. It ends when its input does. */
class Node {
    public static void main(String[] arguments) throws IOException {
        String folder = arguments[0];
        int port = Integer.parseInt(arguments[1]);
        Runner runner = new Runner(port);
        Runtime.getRuntime().addShutdownHook(new Thread(runner::end));
        // The runner counts its nodes' ports from one above the base.
        runner.build("-basePath", folder, "-confPath", folder + "/config", "-dataPath", folder + "/data",
                "-baseHttpPort", String.valueOf(port - 1), "-numOfNode", "1",
                // What the others do, the searches do not need, and they take their time to start.
                "-moduleTypes", "org.opensearch.analysis.common.CommonAnalysisPlugin,"
                        + "org.opensearch.painless.PainlessPlugin,org.opensearch.transport.Netty4Plugin",
                "-clusterName", new File(folder).getParentFile().getName());
        // Whoever has started it holds the other end, and has gone when that closes.
        while (System.in.read() >= 0) {}
        Runtime.getRuntime().halt(0);
    }

    private static class Runner extends OpenSearchRunner {
        Runner(int port) {
            maxHttpPort = port; // of its own it takes none above 9299
        }

        void end() {
            try {
                close();
            } catch (IOException error) {
                error.printStackTrace();
            }
        }
    }
}
