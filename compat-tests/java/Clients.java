import org.apache.rocketmq.client.ClientConfig;

/** What every client here has in common. */
final class Clients {
  /**
   * Three seconds, the default, are not enough where several JVMs start at once on two cores: the
   * client then gives up in its start(), which says nothing about the broker.
   */
  static final int TIMEOUT_MS = 15_000;

  private Clients() {}

  static <C extends ClientConfig> C connectTo(Actor.Setup setup, C client)
      throws ReflectiveOperationException {
    connectTo(setup.namesrv, client);
    if (!setup.namespaceV2.isEmpty()) { // 4.x has no such method
      ClientConfig.class.getMethod("setNamespaceV2", String.class)
          .invoke(client, setup.namespaceV2);
    }
    return client;
  }

  static <C extends ClientConfig> C connectTo(String namesrv, C client) {
    client.setNamesrvAddr(namesrv);
    client.setMqClientApiTimeout(TIMEOUT_MS);
    client.setPollNameServerInterval(2_000); // finds %RETRY% topics soon after they are made
    return client;
  }
}
