import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.ServerVersion;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.message.MongoMessage;

/** mongo-java-server on the port that the command line names, with what today's drivers ask of a greeting. */
public class Main {
    /** The driver greets by "hello"; the server knows its older name. */
    private static final class Backend extends MemoryBackend {
        @Override
        public Document handleMessage(MongoMessage message) {
            Document command = message.getDocument();
            if (!command.containsKey("hello")) return super.handleMessage(message);
            Document greeting = new Document("isMaster", 1);
            for (var field : command.entrySet())
                if (!field.getKey().equals("hello")) greeting.put(field.getKey(), field.getValue());
            return super.handleMessage(new MongoMessage(message.getChannel(), message.getHeader(), greeting));
        }
    }

    public static void main(String[] arguments) throws Exception {
        // the driver needs wire version 9, the server says 8
        var wireVersion = ServerVersion.class.getDeclaredField("wireVersion");
        wireVersion.setAccessible(true);
        wireVersion.setInt(ServerVersion.MONGO_5_0, 13);
        MongoServer server = new MongoServer(new Backend().version(ServerVersion.MONGO_5_0));
        server.bind("127.0.0.1", Integer.parseInt(arguments[0]));
        Thread.currentThread().join();
    }
}
