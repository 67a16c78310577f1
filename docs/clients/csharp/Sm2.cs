using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

/// <summary>SM3withSM2 with nothing but System.Numerics: GB/T 32905 (SM3) and GB/T 32918.2 (SM2 signatures).</summary>
public static class Sm2
{
    static readonly BigInteger P = Hex("FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF");
    static readonly BigInteger A = Hex("FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFC");
    static readonly BigInteger B = Hex("28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93");
    static readonly BigInteger N = Hex("FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123");
    static readonly Point G = new Point(
        Hex("32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7"),
        Hex("BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0"));
    static readonly byte[] UserId = Encoding.ASCII.GetBytes("1234567812345678");

    public sealed class Point
    {
        public readonly BigInteger X, Y;
        public Point(BigInteger x, BigInteger y) { X = x; Y = y; }
    }

    /// <summary>cainfo of a text: base64 of r and s, 32 bytes each.</summary>
    public static string Sign(byte[] message, BigInteger key)
    {
        BigInteger e = Digest(message, Multiply(key, G));
        for (;;)
        {
            BigInteger k = RandomBelow(N - 1) + 1;
            BigInteger r = Mod(e + Multiply(k, G).X, N);
            BigInteger s = Mod(Inverse(1 + key, N) * (k - r * key), N);
            if (!r.IsZero && !s.IsZero && r + k != N)
                return Convert.ToBase64String(Bytes(r).Concat(Bytes(s)).ToArray());
        }
    }

    /// <summary>Whether cainfo is the signature of these bytes by the owner of the public point.</summary>
    public static bool Verify(byte[] message, string cainfo, Point publicKey)
    {
        byte[] raw = Convert.FromBase64String(cainfo);
        if (raw.Length != 64) return false;
        BigInteger r = Number(raw, 0), s = Number(raw, 32), t = Mod(r + s, N);
        if (r.IsZero || s.IsZero || r >= N || s >= N || t.IsZero) return false;
        Point sum = Add(Multiply(s, G), Multiply(t, publicKey));
        return sum != null && Mod(Digest(message, publicKey) + sum.X, N) == r;
    }

    /// <summary>The number in a PKCS#8 file of an SM2 key: it stands behind the mark 02 01 01 04 20.</summary>
    public static BigInteger ReadPrivateKey(string file)
    {
        byte[] der = ReadPem(file), mark = { 2, 1, 1, 4, 32 };
        int at = Enumerable.Range(0, der.Length - 36).First(i => mark.SequenceEqual(der.Skip(i).Take(5)));
        return Number(der, at + 5);
    }

    /// <summary>The point in an SPKI file: its last 64 bytes.</summary>
    public static Point ReadPublicKey(string file)
    {
        byte[] der = ReadPem(file);
        return new Point(Number(der, der.Length - 64), Number(der, der.Length - 32));
    }

    public static byte[] Sm3(byte[] message)
    {
        uint[] state = { 0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E };
        List<byte> padded = new List<byte>(message);
        padded.Add(0x80);
        while (padded.Count % 64 != 56) padded.Add(0);
        padded.AddRange(BitConverter.GetBytes(8L * message.Length).Reverse());
        byte[] bytes = padded.ToArray();
        uint[] w = new uint[68];
        for (int at = 0; at < bytes.Length; at += 64)
        {
            for (int i = 0; i < 16; i++)
                w[i] = (uint)(bytes[at + 4 * i] << 24 | bytes[at + 4 * i + 1] << 16 | bytes[at + 4 * i + 2] << 8 | bytes[at + 4 * i + 3]);
            for (int i = 16; i < 68; i++)
            {
                uint x = w[i - 16] ^ w[i - 9] ^ Rotate(w[i - 3], 15);
                w[i] = x ^ Rotate(x, 15) ^ Rotate(x, 23) ^ Rotate(w[i - 13], 7) ^ w[i - 6];
            }
            Compress(state, w);
        }
        return state.SelectMany(word => BitConverter.GetBytes(word).Reverse()).ToArray();
    }

    static void Compress(uint[] state, uint[] w)
    {
        uint a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
        for (int i = 0; i < 64; i++)
        {
            uint ss1 = Rotate(unchecked(Rotate(a, 12) + e + Rotate(i < 16 ? 0x79CC4519u : 0x7A879D8Au, i)), 7);
            uint ff = i < 16 ? a ^ b ^ c : (a & b) | (a & c) | (b & c);
            uint gg = i < 16 ? e ^ f ^ g : (e & f) | (~e & g);
            uint tt1 = unchecked(ff + d + (ss1 ^ Rotate(a, 12)) + (w[i] ^ w[i + 4]));
            uint tt2 = unchecked(gg + h + ss1 + w[i]);
            d = c; c = Rotate(b, 9); b = a; a = tt1;
            h = g; g = Rotate(f, 19); f = e; e = tt2 ^ Rotate(tt2, 9) ^ Rotate(tt2, 17);
        }
        uint[] words = { a, b, c, d, e, f, g, h };
        for (int i = 0; i < 8; i++) state[i] ^= words[i];
    }

    static uint Rotate(uint word, int bits)
    {
        bits %= 32;
        return bits == 0 ? word : word << bits | word >> (32 - bits);
    }

    static BigInteger Digest(byte[] message, Point publicKey)
    {
        List<byte> identity = new List<byte> { (byte)(UserId.Length * 8 >> 8), (byte)(UserId.Length * 8) };
        identity.AddRange(UserId);
        foreach (BigInteger number in new[] { A, B, G.X, G.Y, publicKey.X, publicKey.Y }) identity.AddRange(Bytes(number));
        return Number(Sm3(Sm3(identity.ToArray()).Concat(message).ToArray()), 0);
    }

    static Point Add(Point one, Point other)
    {
        if (one == null || other == null) return one ?? other;
        BigInteger slope;
        if (one.X == other.X)
        {
            if (Mod(one.Y + other.Y, P).IsZero) return null;
            slope = (3 * one.X * one.X + A) * Inverse(2 * one.Y, P);
        }
        else slope = (other.Y - one.Y) * Inverse(other.X - one.X, P);
        BigInteger x = Mod(slope * slope - one.X - other.X, P);
        return new Point(x, Mod(slope * (one.X - x) - one.Y, P));
    }

    static Point Multiply(BigInteger scalar, Point point)
    {
        Point result = null;
        for (; !scalar.IsZero; scalar >>= 1, point = Add(point, point))
            if (!scalar.IsEven) result = Add(result, point);
        return result;
    }

    static BigInteger Inverse(BigInteger value, BigInteger modulus)
    {
        return BigInteger.ModPow(Mod(value, modulus), modulus - 2, modulus);
    }

    static BigInteger Mod(BigInteger value, BigInteger modulus)
    {
        BigInteger rest = BigInteger.Remainder(value, modulus);
        return rest.Sign < 0 ? rest + modulus : rest;
    }

    static BigInteger RandomBelow(BigInteger limit)
    {
        using (RandomNumberGenerator random = RandomNumberGenerator.Create())
        {
            byte[] bytes = new byte[40];
            random.GetBytes(bytes);
            bytes[39] = 0;
            return BigInteger.Remainder(new BigInteger(bytes), limit);
        }
    }

    static BigInteger Hex(string text)
    {
        return BigInteger.Parse("0" + text, System.Globalization.NumberStyles.HexNumber);
    }

    /// <summary>32 bytes, most significant first.</summary>
    static BigInteger Number(byte[] bytes, int at)
    {
        return new BigInteger(bytes.Skip(at).Take(32).Reverse().Concat(new byte[] { 0 }).ToArray());
    }

    static byte[] Bytes(BigInteger number)
    {
        byte[] little = number.ToByteArray();
        byte[] bytes = new byte[32];
        for (int i = 0; i < 32 && i < little.Length; i++) bytes[31 - i] = little[i];
        return bytes;
    }

    static byte[] ReadPem(string file)
    {
        return Convert.FromBase64String(string.Concat(File.ReadAllLines(file).Where(line => !line.StartsWith("-----"))));
    }
}
