namespace ChatBot.Incidents.Evidence;

/// <summary>A query without its values.</summary>
internal static class QueryShape
{
    public static string Of(string sql) => sql;
}
