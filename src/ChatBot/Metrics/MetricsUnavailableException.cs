namespace ChatBot.Metrics;

/// <summary>Prometheus gave no usable answer. The message is a whole sentence of our own for a responder.</summary>
internal sealed class MetricsUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
