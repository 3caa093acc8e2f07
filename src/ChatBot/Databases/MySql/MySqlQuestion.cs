using System.Globalization;
using MySqlConnector;

namespace ChatBot.Databases.MySql;

/// <summary>One question on an open connection, and its rows.</summary>
/// <remarks>No token goes to the driver: see <see cref="MySqlLogin.CancelsInPlace"/>. The statement's own limits end it.</remarks>
internal static class MySqlQuestion
{
    public static async Task<List<T>> ReadAllAsync<T>(this MySqlConnection connection, string sql, Func<MySqlDataReader, T> read)
    {
        await using var command = new MySqlCommand(sql, connection);
        await using var row = await command.ExecuteReaderAsync(CancellationToken.None);
        var rows = new List<T>();
        while (await row.ReadAsync(CancellationToken.None))
        {
            rows.Add(read(row));
        }

        return rows;
    }

    /// <returns>Null when the bot's account may not ask that.</returns>
    public static async Task<List<T>?> TryReadAllAsync<T>(this MySqlConnection connection, string sql, Func<MySqlDataReader, T> read)
    {
        try
        {
            return await connection.ReadAllAsync(sql, read);
        }
        catch (MySqlException denied) when (MySqlRights.IsDenial(denied))
        {
            return null;
        }
    }

    public static string Text(this MySqlDataReader row, int column) =>
        row.IsDBNull(column) ? "" : Convert.ToString(row.GetValue(column), CultureInfo.InvariantCulture) ?? "";

    public static long Number(this MySqlDataReader row, int column) =>
        row.IsDBNull(column) ? 0 : Convert.ToInt64(row.GetValue(column), CultureInfo.InvariantCulture);
}
